/**
 * The production set-up on one machine: leader, helper with the token issuer, and relay, each with its own
 * store, identity and socket, as examples/production has them; and whatever each was asked.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../server/base/config.ts";
import { silent } from "../../server/base/log.ts";
import { publishCatalogue } from "../../server/publishing/catalogue.ts";
import { type RunningServer, startServer } from "../../server/roles/serve.ts";
import { Identity } from "../../server/tasks/keys/identity.ts";
import type { Pins } from "../../worker/api.ts";

export interface Production {
  readonly server: string;
  readonly relay: string;
  readonly pins: Pins;
  stop(): Promise<void>;
}

export interface ProductionOptions {
  /** Three ports from here on. */
  readonly port: number;
  readonly items: number;
}

const words = ["red", "blue", "mug", "lamp", "bag", "clock", "tin", "retro", "heart", "bird"];

export async function production({ port, items }: ProductionOptions): Promise<Production> {
  const directory = mkdtempSync(join(tmpdir(), "tacit-visits-"));
  const urlOf = (k: number): string => `http://127.0.0.1:${port + k}`;
  const [leaderUrl, helperUrl, relayUrl] = [urlOf(0), urlOf(1), urlOf(2)];
  const common = (role: "leader" | "helper" | "relay", k: number) => ({
    role,
    port: port + k,
    publicUrl: urlOf(k),
    data: join(directory, role),
    // A visitor's address is what the proxy in front says. Rates are per minute of the real clock, and
    // visits here run in less; what is measured is the issuer's gate.
    limits: { trustProxy: 1, requestsPerMinute: 0, reportsPerMinute: 0 },
  });
  const identityOf = (role: string): string => {
    mkdirSync(join(directory, role));
    return Identity.open(join(directory, role, `${role}-identity.json`)).publicKey;
  };
  const [siteKey, helperKey] = [identityOf("leader"), identityOf("helper")];
  const running: RunningServer[] = [];
  const stop = async (): Promise<void> => {
    for (const one of running.toReversed()) await one.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const helper = parseConfig({
      ...common("helper", 1),
      leader: { key: siteKey },
      helper: { minBatch: 50, noiseMultiplier: 1.28 },
      tokens: { required: true, issue: true },
    });
    running.push(await startServer(helper, silent));
    const leader = parseConfig({
      ...common("leader", 0),
      helper: { url: helperUrl, key: helperKey },
      relay: { url: relayUrl },
      catalogue: { contentDim: 16 },
      training: {
        dim: 8,
        countScale: 0.8,
        weightScale: 0.1,
        noiseMultiplier: 1.3,
        lanes: 4,
        reportsPer30Days: 1,
      },
      activity: { on: true, days: 7, noiseMultiplier: 11 },
      round: { minBatch: 500, maxBatch: 20_000, batchSize: 5000, roundSeconds: 2_592_000, taskDays: 31 },
      keys: { rotateDays: 60, overlapDays: 40 },
      tokens: { required: true },
    });
    const started = await startServer(leader, silent);
    running.push(started);
    if (started.role === "helper" || started.role === "relay") throw new Error("expected a leader");
    const titles = Array.from({ length: items }, (_, k) => ({
      item: `item-${k}`,
      title: `${words[k % 10]} ${words[(k * 3 + 1) % 10]} ${words[(k * 7 + 2) % 10]}`,
      categories: [words[k % 4]],
    }));
    await publishCatalogue(started.parts.editions, titles, { contentDim: 16, dim: 8 });
    await started.parts.cycle.openNext();
    running.push(
      await startServer(parseConfig({ ...common("relay", 2), relay: { gateway: leaderUrl } }), silent),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { server: leaderUrl, relay: relayUrl, pins: { siteKey, helper: helperUrl, helperKey }, stop };
}
