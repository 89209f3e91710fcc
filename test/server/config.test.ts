/** Settings: a file, the environment over it, flags over that; what is not known is refused by name. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { productionLimits } from "../../core/sum/limits.ts";
import { plannedRhoOf } from "../../core/sum/plan.ts";
import { environmentNames, loadConfig, parseConfig } from "../../server/base/config.ts";
import { OperatorError } from "../../server/base/operatorerror.ts";
import { strayVariables } from "../../server/cli/flags.ts";
import { requireAskable } from "../../server/kinds/question.ts";
import { serverKinds } from "../../server/kinds/registry.ts";
import { openParts } from "../../server/roles/leader.ts";
import { planOf } from "../../server/roles/plan.ts";
import { temporaryDirectory } from "./harness.ts";

test("no file and no environment give a whole config", () => {
  const config = loadConfig({});
  expect(config).toMatchObject({
    port: 8787,
    origins: ["*"],
    training: { dim: 64, blockLimit: 1024, alpha0: 0.3, lambda: 0.003, clipL2: 1, noiseMultiplier: 0 },
    round: { minBatch: 50, maxBatch: 20_000 },
  });
});

test("flags win over the environment, the environment over the file, the file over defaults", () => {
  const file = join(temporaryDirectory(), "tacit.json");
  writeFileSync(file, JSON.stringify({ port: 1, host: "file", round: { minBatch: 11, quietSeconds: 7 } }));
  const env = { TACIT_PORT: "2", TACIT_ROUND_MIN_BATCH: "22", TACIT_ORIGINS: "https://a,https://b" };
  const config = loadConfig({ file, env, flags: { port: 3 } });
  expect(config).toMatchObject({ port: 3, host: "file", origins: ["https://a", "https://b"] });
  expect(config.round).toMatchObject({ minBatch: 22, quietSeconds: 7, batchSize: 1000 });
});

test.each([
  [{ prot: 1 }, 'config: "prot" is not a known key, did you mean "port"?'],
  [{ round: { minbatch: 1 } }, 'config: "round.minbatch" is not a known key, did you mean "round.minBatch"?'],
  [{ wholly: 1 }, 'config: "wholly" is not a known key'],
  [{ port: "x" }, 'config: port must be number, got "x"'],
  [{ port: 70_000 }, "config: port must be <=65535, got 70000"],
  [{ training: { dim: 0.5 } }, "config: training.dim must be integer, got 0.5"],
  [
    { helper: { url: "http://helper.example" } },
    'config: helper.url must be an https address, or http on a loopback address, got "http://helper.example"',
  ],
  [{ helper: { key: "12" } }, 'config: helper.key must be 64 hex digits, got "12"'],
  [{ round: { taskDays: 20 } }, "config: keys.overlapDays must be more than round.taskDays 20, got 20"],
  [{ catalogue: { contentDim: 1025 } }, "config: catalogue.contentDim must be <=1024, got 1025"],
  [{ training: { dim: 1100 } }, "config: training.dim must be <=1024, got 1100"],
  [{ training: { blockLimit: 65_537 } }, "config: training.blockLimit must be <=65536, got 65537"],
  [
    { training: { blockLimit: 65_536 } },
    "config: training.blockLimit must be at most 64495 with training.dim 64, got 65536",
  ],
  [{ activity: { mostEvents: 200_000 } }, "config: activity.mostEvents must be <=100000, got 200000"],
  [{ activity: { mostPlaces: 200_000 } }, "config: activity.mostPlaces must be <=100000, got 200000"],
])("%j is refused: %s", (value, message) => {
  expect(() => parseConfig(value)).toThrow(message);
});

test("switches and keys of the environment are read as what they are", () => {
  const digits = "1".repeat(64);
  const env = { TACIT_TOKENS_REQUIRED: "true", TACIT_TOKENS_ISSUE: "false", TACIT_HELPER_KEY: digits };
  expect(loadConfig({ env })).toMatchObject({
    tokens: { required: true, issue: false },
    helper: { key: digits },
  });
  expect(() => loadConfig({ env: { TACIT_TOKENS_REQUIRED: "yes" } })).toThrow(
    'config: tokens.required must be boolean, got "yes"',
  );
});

test.each(["leader", "helper", "relay"])(
  "the production example of the %s is a config, with what it is for",
  (role) => {
    const file = fileURLToPath(new URL(`../../examples/production/${role}.json`, import.meta.url));
    const config = loadConfig({ file });
    expect(config.role).toBe(role);
    expect(config.origins).not.toContain("*");
    if (role !== "relay") expect(config.tokens.required).toBe(true);
  },
);

test("the production examples fit together: noise, floors, budget, tokens at the helper", () => {
  const [leader, helper, relay] = ["leader", "helper", "relay"].map((role) =>
    loadConfig({ file: fileURLToPath(new URL(`../../examples/production/${role}.json`, import.meta.url)) }),
  );
  const { pairs, activity, round } = leader;
  // All that the plan lets a device send within 30 days is within a browser's own limit, activity and all.
  const plan = planOf(leader, serverKinds, 0);
  expect(plan.kinds.map(({ kind }) => kind)).toEqual(["item-pairs", "activity"]);
  expect(plannedRhoOf(plan)).toBeLessThanOrEqual(productionLimits.rhoPer30Days);
  for (const { rho } of plan.kinds) {
    const multiplier = 1 / Math.sqrt(2 * (rho ?? Number.POSITIVE_INFINITY));
    expect(multiplier).toBeGreaterThanOrEqual(helper.helper.noiseMultiplier);
  }
  expect(round.minBatch).toBeGreaterThanOrEqual(Math.max(productionLimits.minBatch, helper.helper.minBatch));
  // No more rounds begin than the plan promises.
  expect(Math.floor(30 / pairs.days)).toBeLessThanOrEqual(pairs.reportsPer30Days);
  expect(activity.on).toBe(true);
  expect([leader.tokens.issue, helper.tokens.issue]).toEqual([false, true]);
  expect(leader.helper.url).toBe(helper.publicUrl);
  expect(relay.relay.gateway).toBe(leader.publicUrl);
  expect(leader.relay.url).toBe(relay.publicUrl);
});

test("a setting of an earlier version is told with what took its place", () => {
  expect(() => parseConfig({ catalogue: { keepBundles: 4 } })).toThrow(
    'config: "catalogue.keepBundles" is no longer a key, use catalogue.keepEditions',
  );
  expect(() => parseConfig({ training: { buckets: 4 } })).toThrow(
    'config: "training.buckets" is no longer a key, use training.lanes, a power of two: reports are spread over lanes as they come',
  );
  expect(() => parseConfig({ training: { lanes: 3 } })).toThrow(
    /^config: training\.lanes must be .*8.*, got 3$/,
  );
});

test("a file that is not there, or is no JSON object, is told by its name", () => {
  const directory = temporaryDirectory();
  expect(() => loadConfig({ file: join(directory, "none.json") })).toThrow(
    /^config: expected a readable file, got /,
  );
  const file = join(directory, "bad.json");
  writeFileSync(file, "{");
  expect(() => loadConfig({ file })).toThrow(`${file}: expected JSON, got `);
  writeFileSync(file, "[]");
  expect(() => loadConfig({ file })).toThrow(`${file}: expected a JSON object`);
});

test("each setting has one name in the environment, and a misspelt one is told", () => {
  const names = environmentNames();
  expect(new Set(names.keys()).size).toBe(names.size);
  expect(names.get("TACIT_TRAINING_NOISE_MULTIPLIER")).toEqual(["training", "noiseMultiplier"]);
  expect(strayVariables({ TACIT_PROT: "1", TACIT_PORT: "1", HOME: "/" })).toEqual([
    "warning: environment variable TACIT_PROT is no setting, did you mean TACIT_PORT?",
  ]);
});

test.each([
  [
    { training: { fractionBits: 24, clipL2: 1000 } },
    /^config: training must make a task .*maxBatch must be at most/,
  ],
  [{ training: { fractionBits: 1 } }, /^config: training must make a task .*use more fractionBits/],
])("%j makes no task and is refused at start", async (settings, message) => {
  const config = parseConfig({ data: temporaryDirectory(), ...settings });
  expect(() => requireAskable(serverKinds, config, 1_800_000_000_000)).toThrow(OperatorError);
  await expect(openParts(config)).rejects.toThrow(message);
});

test("a list that is wrong in thousands of places is refused in twenty lines", () => {
  const wrong = { origins: Array.from({ length: 3_000 }, () => 7) };
  const lines = Array.from({ length: 20 }, (_, k) => expect.stringContaining(`origins.${k} must be`));
  expect(() => parseConfig(wrong)).toThrow(expect.objectContaining({ message: expect.any(String) }));
  try {
    parseConfig(wrong);
  } catch (error) {
    expect(error instanceof Error ? error.message.split("\n") : []).toEqual(lines);
  }
});
