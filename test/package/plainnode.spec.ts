/**
 * The packages under plain Node, without a bundler: on a site's server, and on versions of Node old and new.
 */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";
import { describe, expect, inject, test } from "vitest";
import { freePort } from "../field/engines/port.ts";
import { plainEnvironment, root, run } from "./commands.ts";
import { nodeAt, oldNode, otherNodes } from "./nodes.ts";
import { catalogue, project, start } from "./project.ts";

const answers = `
  tacit.init({ server: "https://shop.example", consent: { contribute: true } });
  tacit.track("view", { item: "a" });
  console.log(JSON.stringify([
    await tacit.recommend(), await tacit.similar("a"), await tacit.goesWith("a"), await tacit.trending(), await tacit.explain("a"),
    await tacit.panel(), tacit.consent().contribute, tacit.version,
  ]));
`;
const asModule = `import { tacit } from "tacit-sdk"; ${answers}`;
const required = `const { tacit } = require("tacit-sdk"); (async () => { ${answers} })();`;
const everyEntry = `for (const entry of ["", "/tag", "/stub", "/worker", "/reasons", "/bridges", "/svelte", "/firstlist", "/shelf", "/consent", "/onboarding", "/panel"]) await import("tacit-sdk" + entry);`;

const words = `
  const { reasonInWords } = require("tacit-sdk/reasons");
  const reason = { why: "similar", item: "1", title: "Mug", contribution: 1 };
  console.log(reasonInWords(reason), "/", reasonInWords(reason, { language: "de-AT" }));
`;

describe("tacit-sdk on a site's server", () => {
  test("puts reasons in words, in the language that is asked for", async () => {
    const folder = await project({ "words.cjs": words }, [inject("sdk")]);
    const { stdout, stderr } = await run(folder, process.execPath, ["words.cjs"]);
    expect([stdout, stderr]).toEqual([`similar to “Mug” / ähnlich wie „Mug“\n`, ""]);
  });

  test("gives plain answers, imported or required, and every entry leaves the process alone", async () => {
    const files = { "answers.mjs": asModule, "answers.cjs": required, "every.mjs": everyEntry };
    const folder = await project(files, [inject("sdk")]);
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    for (const file of ["answers.mjs", "answers.cjs"]) {
      const { stdout, stderr } = await run(folder, process.execPath, [file]);
      expect([file, stderr]).toEqual([file, ""]);
      expect(JSON.parse(stdout)).toEqual([[], [], [], [], null, null, false, version]);
    }
    expect(await run(folder, process.execPath, ["every.mjs"])).toEqual({ stdout: "", stderr: "" });
  });
});

/** From the least that a server is good for to a shelf's first bytes. */
async function serves(node: string, folder: string): Promise<void> {
  const program = "node_modules/tacit-server/dist/tacit.js";
  const { stdout } = await run(folder, node, [program, "import", "catalogue.csv"]);
  expect(stdout).toContain("12 items");
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const { told } = await start(folder, [node, program, "serve", "--port", `${port}`], `${url}/health/ready`);
  for (const path of ["/v1/edition", "/v1/head", "/tacit/tacit.js", "/tacit/worker.js"]) {
    const { status } = await fetch(url + path);
    expect([path, status]).toEqual([path, 200]);
  }
  // Through the server, whose thread does the work.
  const more = await run(folder, node, [program, "import", "more.csv", "--port", `${port}`]);
  expect(more.stdout).toContain("13 items");
  expect(told()).toContain(url);
  expect(told()).not.toMatch(/Warning/);
}

const quickSuite = ["test/core/wire", "test/core/sum", "test/core/events", "test/server/http.test.ts"];

test.each([process.versions.node, ...otherNodes])(
  "Node %s runs the server from its package",
  async (version) => {
    const more = `${catalogue}\nmug-7,Mug with a jay,9,Kitchen,/item/mug-7`;
    const files = { "catalogue.csv": catalogue, "more.csv": more };
    const folder = await project(files, [inject("server")]);
    expect(existsSync(join(folder, "node_modules/tsx"))).toBe(false);
    await serves(await nodeAt(version), folder);
  },
);

// The whole suite runs on the version that runs this.
test.each(otherNodes)("Node %s passes the quick suite", async (version) => {
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const { stdout } = await run(root, await nodeAt(version), [vitest, "run", ...quickSuite]);
  expect(stripVTControlCharacters(stdout)).toMatch(/Tests +\d+ passed/);
});

test(`Node ${oldNode} is told in a sentence what is needed, also where npm let it pass`, async () => {
  const folder = await project({}, [inject("server")]);
  const old = await nodeAt(oldNode);
  for (const command of ["serve", "import", "--help"]) {
    const refused = promisify(execFile)(old, ["node_modules/.bin/tacit-server", command], {
      cwd: folder,
      env: plainEnvironment(),
    });
    await expect(refused).rejects.toMatchObject({
      code: 1,
      stdout: "",
      stderr: `tacit: expected Node 20.19 or later, got ${oldNode}\n`,
    });
  }
});
