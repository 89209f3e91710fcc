/**
 * The command line as a person meets it: what it prints, and the status it leaves with. Real processes where
 * that matters.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseConfig } from "../../server/base/config.ts";
import { runCli } from "../../server/cli/main.ts";
import { openHelperKeys } from "../../server/roles/helper.ts";
import { openParts } from "../../server/roles/leader.ts";
import { lockDirectory } from "../../server/store/sqlite.ts";
import { catalogueOf, inForceOf, openServer, temporaryDirectory, testConfig } from "./harness.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const port = 5352;

interface Run {
  readonly status: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/** Runs a command in this process. */
async function tacit(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const out: string[] = [];
  const err: string[] = [];
  const status = await runCli(args, {
    env,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  });
  return { status, out, err };
}

function catalogueFile(directory: string): string {
  const file = join(directory, "items.csv");
  const lines = catalogueOf(20).map(({ item, title }) => `${item},${title} ${item}`);
  writeFileSync(file, `id,title\n${lines.join("\n")}\n`);
  return file;
}

test.each([
  [["srve"], 'tacit: "srve" is not a known command, did you mean "serve"?'],
  [["serve", "--prot", "1"], 'serve: "--prot" is not a known flag, did you mean --port?'],
  [["serve", "--port", "many"], 'config: port must be number, got "many"'],
  [["serve", "--port"], "serve: expected flags as in --help"],
  [["import"], "import: expected one FILE, got 0"],
  [["import", "/nowhere.csv"], "/nowhere.csv: expected a readable file, got "],
  [["train"], "train: --orders FILE must be given, got nothing"],
  [["keys"], "keys: expected show or rotate, got nothing"],
  [["keys", "shwo"], "keys: expected show or rotate, got shwo"],
  [["keys", "show", "--role", "relay"], "keys: a relay has no keys"],
  [
    ["serve", "--role", "hepler"],
    'config: role must be ("all" | "leader" | "helper" | "relay"), got "hepler"',
  ],
  [["serve", "--role", "leader"], "config: role leader needs helper.url, the address of the helper"],
  [
    ["serve", "--role", "helper"],
    "config: role helper needs leader.key, the leader's identity: its operator",
  ],
  [["serve", "--role", "relay"], "config: role relay needs relay.gateway, the address of the leader"],
])("tacit %j ends with status 1 and one line", async (args, message) => {
  const { status, err } = await tacit(args);
  expect(status).toBe(1);
  expect(err.length).toBe(1);
  expect(err[0]).toContain(message);
  expect(err[0].split("\n").length).toBe(1);
});

test("help is help and no error, for all and for each command", async () => {
  for (const args of [["--help"], ["serve", "--help"], ["import", "-h"], ["train", "--help"]]) {
    const { status, out } = await tacit(args);
    expect(status).toBe(0);
    expect(out.join("\n")).toContain("tacit");
  }
});

test("an import with a fault leaves what was there; --if-empty leaves it in any case", async () => {
  const directory = temporaryDirectory();
  const data = join(directory, "data");
  const file = catalogueFile(directory);
  expect((await tacit(["import", file, "--data", data])).status).toBe(0);
  const inForce = async () => {
    const parts = await openParts(testConfig(data));
    const id = parts.editions.inForce?.id;
    await parts.close();
    return id;
  };
  const before = await inForce();
  writeFileSync(file, "id,title\na,good\nb\n");
  const { status, err } = await tacit(["import", file, "--data", data]);
  expect(status).toBe(1);
  expect(err.at(-1)).toBe(`${file}:3: a line must have 2 fields, got 1`);
  writeFileSync(file, "id,title\na,good\n");
  expect((await tacit(["import", file, "--if-empty", "--data", data])).out[0]).toContain("in force already");
  expect(await inForce()).toBe(before);
  expect((await tacit(["import", file, "--data", data])).status).toBe(0);
  expect(await inForce()).not.toBe(before);
});

test("an export is read by its own names; what is left out for a fault is told in a file beside it", async () => {
  const directory = temporaryDirectory();
  const data = join(directory, "data");
  const file = join(directory, "products.csv");
  writeFileSync(file, "Handle,Title,Variant Price\nmug,Mug,3.50\nmug,,3.00\ncup,,4.00\nlamp,Lamp,free 1\n");
  const asked = ["import", file, "--format", "shopify", "--data", data];
  const refused = await tacit(asked);
  expect(refused.status).toBe(1);
  expect(refused.err.at(-1)).toContain(`${file}:4: title must be given, got nothing`);
  const { status, out } = await tacit([...asked, "--skip-faults", "70%"]);
  expect(status).toBe(0);
  expect(out).toContain(`left out for faults, which are in ${file}.faults.txt: 2`);
  expect(readFileSync(`${file}.faults.txt`, "utf8").split("\n")).toEqual([
    `${file}:4: title must be given, got nothing`,
    `${file}:5: price must be an amount of at least 0, got "free 1"`,
    "",
  ]);
  const { parts } = await openServer(testConfig(data));
  expect(inForceOf({ parts }).model.catalogue).toMatchObject([{ item: "mug", title: "Mug", price: 3 }]);
});

test("training on logs publishes factors, leaves out whom it is told to, and says what it could not use", async () => {
  const directory = temporaryDirectory();
  const data = join(directory, "data");
  const config = join(directory, "tacit.json");
  writeFileSync(config, JSON.stringify({ data, training: { dim: 4 } }));
  await tacit(["import", catalogueFile(directory), "--config", config]);
  const orders = join(directory, "orders.csv");
  writeFileSync(
    orders,
    "customer,at,item,quantity\nann,1,item-1,2\nann,1,item-2,\nann,2,item-1,\nbob,3,item-1,\nbob,3,gone,\neve,4,item-9,\neve,4,item-8,\n,5,item-7,1\n",
  );
  const exclude = join(directory, "exclude.csv");
  writeFileSync(exclude, "customer,item\neve,item-9\n42.0,item-9\n");
  const { status, out } = await tacit([
    "train",
    "--orders",
    orders,
    "--exclude",
    exclude,
    "--config",
    config,
  ]);
  expect(status).toBe(0);
  expect(out).toContain(
    'learned from 2 people; left out lines: 2 of people left out, 1 without a person, 1 about items that the catalogue does not have ("gone")',
  );
  expect(out).toContain("of 2 people to be left out, 1 have no line in this log");
  const { parts } = await openServer(testConfig(data));
  const { model } = inForceOf({ parts });
  expect(model).toMatchObject({ round: 1, factorDim: 4 });
  const share = (item: string) => model.popularity[model.catalogue.findIndex((card) => card.item === item)];
  expect([share("item-1"), share("item-2"), share("item-9")]).toEqual([
    expect.closeTo(1, 3),
    expect.closeTo(0.5, 3),
    0,
  ]);
});

test("what only the owner may read is readable by the owner only", async () => {
  const data = temporaryDirectory();
  const { adminTokenHash: _hash, ...config } = testConfig(data);
  const parts = await openParts(config);
  onTestFinished(() => parts.close());
  for (const name of ["leader-keys.json", "helper-keys.json", "admin-token", "admin-token.sha256"]) {
    expect(statSync(join(data, name)).mode & 0o777).toBe(0o600);
  }
});

test("keys show tells the same identity every time; keys rotate seals to a new key and still takes the old one", async () => {
  const data = join(temporaryDirectory(), "data");
  const show = () => tacit(["keys", "show", "--role", "helper", "--data", data]);
  const first = await show();
  expect(first.out[0]).toMatch(/^helper identity {2}[0-9a-f]{64}$/);
  // A helper's directory gets nothing of a leader's.
  expect(existsSync(join(data, "leader-identity.json"))).toBe(false);
  const ring = () => openHelperKeys(parseConfig({ data }), Date.now());
  const [before] = (await ring()).publicKeys(Date.now());
  const { out } = await tacit(["keys", "rotate", "--role", "helper", "--data", data]);
  const after = (await ring()).publicKeys(Date.now());
  expect(out).toEqual([`helper: reports are sealed to key ${after[0].id} from now on; 1 older still taken`]);
  expect(after.map(({ key }) => key)).toEqual([after[0].key, before.key]);
  expect(after[0].key).not.toBe(before.key);
  expect(await show()).toEqual(first);
});

describe("two commands on one directory", () => {
  test("are done one after the other, and whoever waits says so", async () => {
    const directory = temporaryDirectory();
    const data = join(directory, "data");
    const place = ["--data", data, "--port", String(port + 3)];
    const files = [";", "\t", "|"].map((between, k) => {
      const file = join(directory, `${k}.txt`);
      const lines = ["id title price", `a${k} Mug 3.50`].map((line) => line.replaceAll(" ", between));
      writeFileSync(file, `${lines.join("\n")}\n`);
      return file;
    });
    const all = await Promise.all(files.map((file) => tacit(["import", file, ...place])));
    expect(all.map(({ status }) => status)).toEqual(all.map(() => 0));
    const waited = `import: another tacit works on ${data}: waiting 30 s for it`;
    // The first that came had nobody to wait for.
    expect(all.filter(({ err }) => err.some((line) => line.startsWith(waited))).length).toBe(2);
    const editions = all.map(({ out }) => out.at(-1)?.split(" is in force")[0]);
    expect(editions.sort()).toEqual(["edition 1", "edition 2", "edition 3"]);
  }, 60_000);

  test("a train waits for an import, too, and learns for what that put in force", async () => {
    const directory = temporaryDirectory();
    const place = ["--data", join(directory, "data"), "--port", String(port + 3)];
    const orders = join(directory, "orders.csv");
    writeFileSync(orders, "customer,item\nann,item-1\nann,item-2\nbob,item-1\n");
    const [imported, trained] = await Promise.all([
      tacit(["import", catalogueFile(directory), ...place]),
      tacit(["train", "--orders", orders, ...place]),
    ]);
    expect([imported.status, trained.status]).toEqual([0, 0]);
    expect(trained.out).toContain("learned from 2 people");
  }, 60_000);

  test("whoever has waited long enough is refused in one line", async () => {
    const directory = temporaryDirectory();
    const data = join(directory, "data");
    const lock = lockDirectory(data);
    onTestFinished(() => lock.release());
    const asked = ["import", catalogueFile(directory), "--data", data, "--port", String(port + 3)];
    const begunMs = performance.now();
    const { status, out, err } = await tacit([...asked, "--wait", "1"]);
    expect(performance.now() - begunMs).toBeGreaterThanOrEqual(1000);
    expect([status, out.length, err.length]).toEqual([1, 0, 2]);
    expect(err.at(-1)).toContain("must belong to one process, got locked");
    for (const line of err) expect(line).toContain(`not at port ${port + 3}: give import its --port`);
    expect((await tacit([...asked, "--wait", "soon"])).err).toEqual([
      'import: --wait must be a number of seconds, got "soon"',
    ]);
  }, 60_000);
});

async function serveProcess(
  data: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly child: ChildProcess; readonly output: () => string }> {
  const child = spawn(process.execPath, ["--import", "tsx", join(root, "server/cli/main.ts"), "serve"], {
    cwd: root,
    env: { PATH: process.env.PATH, TACIT_DATA: data, TACIT_PORT: String(port), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await new Promise<void>((resolve) => {
    child.stdout.on("data", () => /aggregators|tokens (?:off|required)"/.test(text) && resolve());
    child.on("exit", () => resolve());
  });
  return { child, output: () => text };
}

test("a server says where it is and what it lacks; a second one is told why it cannot start; SIGTERM ends it cleanly", async () => {
  const directory = temporaryDirectory();
  const data = join(directory, "data");
  const first = await serveProcess(data);
  expect(first.output()).toContain(`http://localhost:${port}`);
  expect(first.output()).toContain("no catalogue yet: run tacit import");
  expect(first.output()).toContain("noise         off");
  expect(first.output()).toContain("one operator holds both halves");
  const elsewhere = ["--data", data, "--port", String(port + 2), "--wait", "0"];
  // Whoever has no right to a server that is there need not wait for its end.
  const refused = await tacit(["import", catalogueFile(directory), "--data", data, "--port", String(port)], {
    TACIT_ADMIN_TOKEN: "another one than it has",
  });
  expect(refused).toMatchObject({ status: 1, out: [] });
  expect(refused.err[0]).toContain("must answer with 200, got 401");
  const locked = await tacit(["import", catalogueFile(directory), ...elsewhere]);
  expect(locked).toMatchObject({ status: 1, out: [] });
  expect(locked.err).toHaveLength(1);
  expect(locked.err[0]).toContain(
    `store: ${data} must belong to one process, got locked: another tacit is running on it; import: a server must answer at `,
  );
  expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(503);
  const ended = new Promise((resolve) => first.child.on("exit", resolve));
  first.child.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect((await tacit(["import", catalogueFile(directory), "--data", data])).status).toBe(0);
}, 60_000);

test("with a server on the directory, import, train, keys and status do their work through it", async () => {
  const directory = temporaryDirectory();
  const data = join(directory, "data");
  const config = join(directory, "tacit.json");
  writeFileSync(config, JSON.stringify({ data, port, training: { dim: 4 } }));
  const server = await serveProcess(data, { TACIT_CONFIG: config });
  const run = (...args: readonly string[]) => tacit([...args, "--config", config]);
  const file = catalogueFile(directory);
  const imported = await run("import", file);
  // How far it is stands beside the result, not in it.
  expect(imported).toMatchObject({ status: 0, out: ["edition 1 is in force: 20 items"] });
  expect((await run("import", file)).out.at(-1)).toMatch(/^edition 1 is in force already, with this very/);
  expect((await run("import", file, "--if-empty")).out.at(-1)).toMatch(/nothing imported$/);
  const shop = join(directory, "shop.csv");
  const lines = catalogueOf(20).map(({ item, title }) => `${item},${title} ${item},on request,9,b.jpg`);
  writeFileSync(shop, `id,title,price,Preis,"Bild, groß"\n${lines.join("\n")}\n`);
  const named = ["import", shop, "--map", "id=id"];
  const notTaken = [
    "prices without a digit, taken for none: 20",
    'not read: Preis, "Bild, groß"; --map names them, as in price=NAME,categories=NAME,image=NAME',
  ];
  expect((await run(...named)).out.slice(1)).toEqual(notTaken);
  // Without a server the same.
  expect((await tacit([...named, "--data", join(directory, "other")])).out.slice(1)).toEqual(notTaken);
  writeFileSync(file, "id,title\na,good\nb\n");
  expect((await run("import", file)).err.at(-1)).toBe(`${file}:3: a line must have 2 fields, got 1`);
  const orders = join(directory, "orders.csv");
  writeFileSync(orders, "customer,item\nann,item-1\nann,item-2\nbob,item-1\n");
  const trained = await run("train", "--orders", orders);
  expect(trained.status).toBe(0);
  expect(trained.err).toContain("sweep 8/8");
  expect(trained.out).toContain("learned from 2 people");
  expect(trained.out.at(-1)).toBe("edition 2 is in force");
  const again = await run("train", "--orders", orders, "--if-unlearned");
  expect(again.out).toEqual(["something is learned already: nothing learned from these logs"]);
  const shown = await run("keys", "show");
  expect(shown.out[0]).toMatch(/^leader identity {2}[0-9a-f]{64}$/);
  const rotated = await run("keys", "rotate");
  expect(rotated.out.map((line) => line.replace(/\d+/, "N"))).toEqual([
    "leader: reports are sealed to key N from now on; 1 older still taken",
    "helper: reports are sealed to key N from now on; 1 older still taken",
  ]);
  const told = (await run("status")).out.join("\n");
  expect(told).toMatch(/item-factors \d +open/);
  expect(server.output()).toMatch(/ import finished sequence=1 items=20 variants=0 isNew=true seconds=/);
  expect(server.output()).toMatch(/ import refused faults=1 /);
  expect(server.output()).toMatch(/ edition published sequence=2 .* origin=train items=20 steps=1/);
  await expect
    .poll(async () => (await run("status")).out.join("\n"))
    .toContain("item-factors: waits: 1 of 1 lanes have fewer than 50 reports, 0 in all");
  expect(server.output()).toMatch(/ round waits kind=item-factors round=\d why=too-few-reports reports=0 /);
}, 120_000);

test("a helper has a status, and a log of JSON has what its operator must read", async () => {
  const directory = temporaryDirectory();
  const leader = (await tacit(["keys", "show", "--role", "leader", "--data", join(directory, "leader")]))
    .out[0];
  const config = join(directory, "helper.json");
  const data = join(directory, "helper");
  const log = { format: "json" };
  const key = leader.split(" ").at(-1);
  writeFileSync(config, JSON.stringify({ role: "helper", data, port, leader: { key }, log }));
  const { output } = await serveProcess(data, { TACIT_CONFIG: config });
  const status = await tacit(["status", "--config", config]);
  expect(status).toMatchObject({ status: 0, err: [] });
  expect(status.out[0]).toBe("log of 0 entries");
  expect(status.out.at(-1)).toMatch(/^reports are sealed to key \d+$/);
  const identity = (await tacit(["keys", "show", "--config", config])).out[0].split(" ").at(-1);
  const events = output()
    .trim()
    .split("\n")
    .map((line): Record<string, unknown> => JSON.parse(line));
  expect(events.map(({ event }) => event)).toEqual(["started", "identity", "script tag", "tokens off"]);
  expect(events[2].attributes).toBe(
    `data-tacit-helper="http://localhost:${port}" data-tacit-helper-key="${identity}"`,
  );
  expect(events[3].level).toBe("warn");
}, 60_000);

test("keys as they stand in the examples are refused before anything is opened", async () => {
  for (const role of ["leader", "helper"]) {
    const data = join(temporaryDirectory(), "data");
    const example = join(root, `examples/production/${role}.json`);
    const { status, err } = await tacit([
      "serve",
      "--config",
      example,
      "--data",
      data,
      "--port",
      String(port),
    ]);
    expect(status).toBe(1);
    expect(err).toHaveLength(1);
    expect(err[0]).toMatch(/^config: (?:helper|leader)\.key must be the .* own key, got a placeholder: /);
    expect(existsSync(data)).toBe(false);
    // What is to be handed to the other party can be read off all the same.
    expect((await tacit(["keys", "show", "--config", example, "--data", data])).status).toBe(0);
  }
});

test("a port that is taken is told in one line, and the data directory is free again", async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(port + 1, "127.0.0.1", resolve));
  onTestFinished(() => void blocker.close());
  const data = join(temporaryDirectory(), "data");
  const { status, err } = await tacit(["serve", "--port", String(port + 1), "--data", data]);
  expect(status).toBe(1);
  expect(err).toEqual([
    `serve: port ${port + 1} on 127.0.0.1 must be free, got EADDRINUSE: another program listens there: give --port`,
  ]);
  expect(existsSync(join(data, "leader.sqlite"))).toBe(true);
  await (await openParts(testConfig(data))).close();
});

test("budget converts rho, tells what the settings cost, and says plainly when noise is off", async () => {
  const converted = await tacit(["budget", "--rho", "0.5", "--delta", "1e-5", "--json"]);
  expect(converted.out).toHaveLength(1);
  expect(JSON.parse(converted.out[0]).epsilon).toBeCloseTo(4.7284, 4);
  // sigma = 2 with a sensitivity of sqrt(1 + 1/16): rho = 17/16 / 8; 1.06 / (2 x 0.1328) is 3.99.
  const noisy = { TACIT_TRAINING_NOISE_MULTIPLIER: "2", TACIT_TRAINING_REPORTS_PER30_DAYS: "2" };
  const fits = (await tacit(["budget"], noisy)).out;
  expect(fits[1]).toMatch(
    /^ {2}item-factors +at most 2 reports within any 30 days, rho 0\.1328, epsilon 2\.50.*each$/,
  );
  expect(fits[2]).toMatch(/^ {2}together +rho 0\.2656, /);
  expect(fits.at(-1)).toBe("The plan fits. A device that takes part in all of it can do so for 3 months.");
  // Activity beside it: sqrt(5) cancels, 1 / (2 x 64) each, five a month.
  const more = { ...noisy, TACIT_ACTIVITY_ON: "true", TACIT_ACTIVITY_NOISE_MULTIPLIER: "8" };
  const both = (await tacit(["budget"], { ...more, TACIT_TRAINING_LANES: "4" })).out;
  expect(both[2]).toMatch(/^ {2}activity +at most 5 reports within any 30 days, rho 0\.007813, /);
  expect(both[4]).toBe(
    "  in 4 lanes: a report is in one, so its cost stays; their total has 2.00 times the noise",
  );
  const off = (await tacit(["budget"])).out;
  expect(off[1]).toContain("noise is off: no differential privacy guarantee");
  expect(off.at(-1)).toBe("noise is off for item-factors: no browser answers it, but on a loopback address");
  const little = { TACIT_TRAINING_NOISE_MULTIPLIER: "1", TACIT_ROUND_MIN_BATCH: "20" };
  expect((await tacit(["budget"], little)).out.slice(-3)).toEqual([
    "item-factors costs more than 0.32 a sum: no browser answers it",
    "the plan is beyond a browser's 0.32 within 30 days: no browser follows it, but on a loopback address",
    "no browser answers these tasks: round.minBatch must be at least 50",
  ]);
  expect((await tacit(["budget", "--rho", "much"])).err).toEqual([
    'budget: --rho must be a finite number of at least 0, got "much"',
  ]);
});
