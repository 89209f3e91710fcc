/**
 * docs/OPERATING.md's production set-up, followed to the letter: the commands as they are printed there, typed in
 * a copy of what a clone holds, with the files of examples/production. What a reader has that the document
 * cannot print is made here: the parties' addresses (`localhost` and ports), the folders of their data, a
 * TLS proxy in front of each with a certificate that openssl makes (production/tls.ts), and `npm ci`, whose
 * outcome is this tree's own node_modules. The page is the SDK's worker over an IndexedDB in memory; it takes the
 * attributes from the leader's log, trusts that certificate alone, and asks as a page of the site does.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Fetch } from "../../worker/edges.ts";
import { freePort } from "../field/engines/port.ts";
import { Browser } from "./browsers.ts";
import { catalogueOf, temporaryDirectory } from "./harness.ts";
import { until } from "./processes.ts";
import { Terminal } from "./production/terminal.ts";
import { fetchTrusting, makeCertificate, openTlsProxy } from "./production/tls.ts";
import { Clone, productionSteps } from "./production/written.ts";

const hosts = {
  leader: "tacit.shop.example",
  helper: "helper.partner.example",
  relay: "relay.third.example",
};
const site = "https://localhost";

test("the production set-up, step by step as it is printed, ends with an accepted report", async () => {
  const [addresses, identities, start, catalogue, page, ...others] = productionSteps();
  expect([addresses, identities, start, catalogue, page].map(({ title }) => title)).toEqual([
    "Addresses",
    "Identities",
    "Start",
    "The catalogue",
    "The site",
  ]);
  expect(others).toEqual([]);
  const folder = temporaryDirectory();
  const clone = new Clone(folder);
  const certificate = makeCertificate(folder);
  const terminal = new Terminal(folder, { NODE_EXTRA_CA_CERTS: certificate.path });

  // 1: every name that the step says to replace, and nothing else.
  expect(addresses.commands).toEqual([]);
  const named = [...addresses.text.matchAll(/`([a-z0-9.-]+\.(?:example|\d+))`/g)].map(([, name]) => name);
  expect(named).toEqual([...Object.values(hosts), "shop.example", "192.0.2.10"]);
  for (const [role, host] of Object.entries(hosts)) {
    const proxy = await openTlsProxy(certificate);
    const port = await freePort();
    proxy.standInFrontOf(port);
    clone.replace(`https://${host}"`, `https://localhost:${proxy.port}"`);
    clone.paste(role, `"port": ${port}`);
    if (role !== "relay") clone.paste(role, `"data": "${join(folder, "data", role)}"`);
  }
  clone.replace("https://shop.example", site);
  clone.replace("192.0.2.10", "127.0.0.1");
  mkdirSync(join(folder, "data"));

  // 2: each party's line for the other's settings.
  const printed = [];
  for (const command of identities.commands) printed.push(await terminal.run(command));
  const [fromLeader, fromHelper] = printed;
  clone.paste("leader", sectionIn(fromHelper, "helper"));
  clone.paste("helper", sectionIn(fromLeader, "leader"));

  // 3: each goes on running in its place.
  const operator = fetchTrusting(certificate);
  const logOf = new Map<string, () => string>();
  for (const command of start.commands) {
    const [, role] = /serve .*\b(leader|helper|relay)\.json$/.exec(command) ?? [];
    if (role === undefined) await terminal.run(command);
    else {
      const log = terminal.start(command);
      logOf.set(role, log);
      await until(`${role} answers`, () => isLive(operator, `${clone.settings(role).publicUrl}`));
    }
  }

  // 4: until the task is in the helper's log.
  const items = catalogueOf(30).map(({ item, title }) => `${item},${title}`);
  writeFileSync(join(folder, "catalogue.csv"), `id,title\n${items.join("\n")}\n`);
  const [importing, asking] = catalogue.commands;
  expect(await terminal.run(importing)).toContain("is in force: 30 items");
  let told = "";
  await until("the task is open", async () => {
    told = await terminal.run(asking);
    return /^item-pairs \d+ +open/m.test(told) && /^activity \d+ +open/m.test(told);
  });
  expect(told).toMatch(/^item-pairs 1 +open .* 0 reports in 0 sums, 0 wait$/m);

  // 5: a page with the printed attributes.
  const pins = attributesIn(logOf.get("leader")?.() ?? "");
  expect(fromLeader).toContain(`data-tacit-site-key="${pins["site-key"]}"`);
  expect(fromHelper).toContain(`data-tacit-helper-key="${pins["helper-key"]}"`);
  const reach = fetchTrusting(certificate, site);
  for (const file of ["tacit.js", "worker.js", "ranking.js", "contributing.js", "tokens.js"]) {
    const { status } = await reach(`${pins.server}/tacit/${file}`, {});
    expect([file, status]).toEqual([file, 200]);
  }
  const parties = {
    urls: { leader: pins.server, helper: pins.helper, relay: pins.relay },
    identities: { leader: pins["site-key"], helper: pins["helper-key"] },
  };
  const browser = new Browser(parties, [1, 4, 7], undefined, reach);
  const trouble: string[] = [];
  await until("a report is accepted", async () => {
    const visited = await browser.visit({ stillMs: 200 });
    trouble.push(...visited.trouble);
    const sums = visited.reports.flatMap((report) => report.sums);
    return sums.some(({ kind, state }) => kind === "item-pairs" && state === "accepted");
  });
  expect(trouble).toEqual([]);
  // A token was asked of the helper; the report, the tasks and the model went by the relay.
  const asked = [...browser.asked];
  expect(asked.filter((request) => request.includes(pins.helper))).not.toEqual([]);
  expect(asked.filter((request) => request.startsWith("POST") && request.includes(pins.server))).toEqual([]);
  const [status] = page.commands;
  expect(await terminal.run(status)).toMatch(/^item-pairs 1 +open .* 0 reports in 0 sums, 1 wait$/m);
}, 300_000);

function isLive(ask: Fetch, url: string): Promise<boolean> {
  return ask(`${url}/health/live`, {}).then(
    ({ ok }) => ok,
    // Nobody listens behind the proxy yet.
    () => false,
  );
}

/** A section of settings as `tacit keys show` prints it for the other party. */
function sectionIn(printed: string, name: string): string {
  const [section] = new RegExp(`"${name}": \\{.*\\}`).exec(printed) ?? [];
  if (section === undefined) throw new Error(`expected a section "${name}", got ${printed}`);
  return section;
}

/** Of the event `script tag`, by their names after `data-tacit-`. */
function attributesIn(log: string): Readonly<Record<string, string>> {
  const line = log.split("\n").find((text) => text.includes('"event":"script tag"'));
  const { attributes }: { attributes: string } = JSON.parse(line ?? "null");
  return Object.fromEntries(
    [...attributes.matchAll(/data-tacit-([a-z-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );
}
