/** `tacit profile` as an operator meets it: before anything is imported, and on a data directory. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../core/seeded.ts";
import { runCli } from "../../server/cli/main.ts";
import { CommandShop } from "./commandshop.ts";
import { temporaryDirectory } from "./harness.ts";

async function tacit(args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const status = await runCli(args, {
    env: {},
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  });
  return { status, out, err };
}

const kinds = ["mug", "lamp", "clock", "vase"];
/** 40 things, ten of each kind; titles name the kind, or are numbers. */
const items = (says: "kind" | "nothing") =>
  Array.from({ length: 40 }, (_, k) => ({
    id: `i${k}`,
    title: says === "kind" ? `${kinds[k % 4]} for the ${k}` : `${1000 + k}`,
  }));

/** Each of 120 people has about six things of one kind, bought in January. */
function logLines(): readonly string[] {
  const random = seededRandom(3);
  return Array.from({ length: 120 }, (_, person) =>
    Array.from({ length: 10 }, (_, k) => 4 * k + (person % 4))
      .filter(() => random() < 0.6)
      .map((item) => `p${person},i${item},2026-01-${String(1 + (person % 28)).padStart(2, "0")}`),
  ).flat();
}

function filesOf(says: "kind" | "nothing") {
  const folder = temporaryDirectory();
  const [catalogue, log] = [join(folder, "items.csv"), join(folder, "log.csv")];
  writeFileSync(catalogue, ["id,title", ...items(says).map(({ id, title }) => `${id},${title}`)].join("\n"));
  writeFileSync(log, ["person,item,at", ...logLines()].join("\n"));
  return { folder, catalogue, log };
}

const config = (folder: string) => {
  const file = join(folder, "tacit.json");
  writeFileSync(file, JSON.stringify({ training: { dim: 8 }, catalogue: { contentDim: 24 } }));
  return file;
};

/** Of files alone: the data directory has nothing. */
function flagsOf(says: "kind" | "nothing"): readonly string[] {
  const { folder, catalogue, log } = filesOf(says);
  return Object.entries({ catalogue, log, config: config(folder), data: join(folder, "no") }).flatMap(
    ([name, value]) => [`--${name}`, value],
  );
}

describe("before anything is imported", () => {
  test("a log with telling texts is profiled, and the row that holds is marked", async () => {
    const { status, out } = await tacit(["profile", ...flagsOf("kind")]);
    expect(status).toBe(0);
    const text = out.join("\n");
    expect(text).toContain("40 items");
    expect(text).toContain("120 people");
    expect(text).toContain("languages by their small words: en 100 %");
    expect(out.filter((line) => line.trim().startsWith(">"))).toEqual([
      expect.stringMatching(/> (crowd-and-texts|as-usual): /),
    ]);
    expect(text).toContain("first-likes: liked below 3");
  });

  test("one whose texts say nothing has another row, as JSON with the whole matrix", async () => {
    const { status, out } = await tacit(["profile", "--json", ...flagsOf("nothing")]);
    expect(status).toBe(0);
    const report = JSON.parse(out.join("\n"));
    expect(report).toMatchObject({
      useFrom: "log",
      catalogue: { items: 40, tellingItems: 0 },
      use: { people: 120, acts: logLines().length, turnover: null },
      parts: { factors: 40, pairs: 0, lately: false },
      joint: { row: "texts-say-little", choice: { contentScale: 0.1 }, inForce: null },
    });
    expect(report.joint.facts.peoplePerItem).toBeGreaterThan(4);
    expect(report.matrix.device.at(-1)).toMatchObject({ name: "many-likes", when: [] });
  });

  test("a catalogue without a log, words and no data are refused in a line", async () => {
    const { folder, catalogue } = filesOf("kind");
    const nothing = ["--data", join(folder, "none")];
    expect((await tacit(["profile", "--catalogue", catalogue])).err[0]).toMatch(/must go with --log FILE/);
    expect((await tacit(["profile", "what"])).err[0]).toMatch(/expected flags alone, got what/);
    expect((await tacit(["profile", ...nothing])).err[0]).toMatch(/expected a catalogue in force, got none/);
  });
});

describe("on a data directory", () => {
  test("what training puts in force is what the profile of its log said, and browsers read it", async () => {
    const shop = new CommandShop();
    await shop.import(items("nothing"));
    const before = await tacit(["profile", "--json", "--data", shop.data]);
    expect(JSON.parse(before.out.join("\n"))).toMatchObject({ joint: null, use: { people: null } });
    const { log } = filesOf("nothing");
    const said = JSON.parse(
      (await tacit(["profile", "--json", "--log", log, "--data", shop.data])).out.join("\n"),
    );
    await shop.train(logLines(), "person,item,at");
    const { edition, model } = await shop.inForce();
    expect(edition.model).toMatchObject({ choice: said.joint.row, ...said.joint.choice });
    expect(model.contentScale).toBe(0.1);
    const after = JSON.parse((await tacit(["profile", "--json", "--data", shop.data])).out.join("\n"));
    expect(after).toMatchObject({
      useFrom: "published",
      use: { people: 120, acts: null },
      joint: { row: said.joint.row, inForce: said.joint.row },
    });
    // The people of the log are those who are published, but for how long ago it was.
    expect(after.use.itemsPerPerson.mean).toBeGreaterThan(0.5 * said.use.itemsPerPerson.mean);
  });
});
