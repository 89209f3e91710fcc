import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const script = `
  const { tacit } = await import("./sdk/index.ts");
  tacit.init({ server: "https://shop.example", consent: { contribute: true } });
  for (let nth = 0; nth < 3; nth++) tacit.track("view", { item: "a" });
  tacit.consent({ contribute: true });
  tacit.on("ready", () => console.log("never"));
  await tacit.erase();
  await tacit.optOut();
  console.log(JSON.stringify([
    await tacit.recommend(), await tacit.similar("a"), await tacit.goesWith("a"), await tacit.trending(), await tacit.explain("a"),
    await tacit.panel(), await tacit.exportData(), await tacit.reportBytes("a"), tacit.consent(),
  ]));
`;

test("on a server every method gives its plain answer, keeps nothing, and lets the process end", async () => {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "--eval", script],
    { cwd: new URL("../..", import.meta.url), timeout: 20_000 },
  );
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual([
    [],
    [],
    [],
    [],
    null,
    null,
    null,
    null,
    { personalise: true, contribute: false, because: { personalise: "default", contribute: "default" } },
  ]);
}, 30_000);
