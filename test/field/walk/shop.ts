/** The server of the walk: a hundred items, so that a page's time goes into what the walk is about. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startServer } from "../server.ts";

const all = fileURLToPath(new URL("../../../demo/data/catalogue.csv", import.meta.url));
const count = 100;
/** Of the item that everything is tracked for. */
const tracked = "20725,";

export async function startShop(): ReturnType<typeof startServer> {
  const [head, ...items] = readFileSync(all, "utf8").split("\n");
  const chosen = [...items.slice(0, count - 1), ...items.filter((item) => item.startsWith(tracked))];
  const folder = mkdtempSync(join(tmpdir(), "tacit-walk-"));
  const catalogue = join(folder, "catalogue.csv");
  writeFileSync(catalogue, `${[head, ...chosen].join("\n")}\n`);
  try {
    return await startServer(catalogue);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
