/**
 * The edition behind the live widgets, as files: what a real server answers to GET, written down. The SDK asks nothing else
 * where nothing is contributed.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseConfig } from "../../server/base/config.ts";
import { importFrom } from "../../server/publishing/catalogue.ts";
import { createApp } from "../../server/roles/app.ts";
import { openParts } from "../../server/roles/leader.ts";

/** The catalogue's categories, in the order of their hues. */
const hueStep = 45;

/** Writes `v1/…` and `pictures/…` below `target`. */
export async function writeLive(catalogue: string, target: string): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), "tacit-docs-"));
  const config = parseConfig({
    data,
    adminToken: "for the length of a build",
    catalogue: { contentDim: 32 },
  });
  const parts = await openParts(config);
  try {
    const { contentDim } = config.catalogue;
    const outcome = await importFrom(
      parts.editions,
      { from: "file", path: catalogue, charset: undefined, asked: { what: "catalogue" } },
      { contentDim, dim: config.training.dim },
    );
    if (!outcome.ok) throw new TypeError(`writeLive: expected a catalogue, got ${outcome.faults[0]}`);
    const app = createApp(parts);
    const save = async (path: string): Promise<void> => {
      const answer = await app.request(path);
      if (!answer.ok) throw new Error(`writeLive: expected ${path}, got ${answer.status}`);
      const file = join(target, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, new Uint8Array(await answer.arrayBuffer()));
    };
    // A helper vouches for the edition with its first task. On a loopback address a browser asks for that, and it ends after
    // three days: then the site is built again. Anywhere else it does not, since this site pins nobody.
    await parts.cycle.openNext();
    for (const path of ["/v1/edition", "/v1/head"]) await save(path);
    const { head, parts: listed } = outcome.inForce.edition;
    for (const { id } of [head, ...listed]) await save(`/v1/parts/${id}`);
    writePictures(readFileSync(catalogue, "utf8"), join(target, "pictures"));
  } finally {
    await parts.close();
    rmSync(data, { recursive: true, force: true });
  }
}

/** A drawing each: the hue says the category. */
function writePictures(table: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const rows = table
    .trim()
    .split("\n")
    .slice(1)
    .map((row) => row.split(","));
  const categories = [...new Set(rows.map(([, , , category]) => category))];
  rows.forEach(([id, , , category], nth) => {
    const hue = categories.indexOf(category) * hueStep;
    const [radius, turn] = [22 + ((nth * 7) % 14), (nth * 37) % 90];
    writeFileSync(
      join(folder, `${id}.svg`),
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120"><rect width="120" height="120" fill="hsl(${hue} 45% 86%)"/>` +
        `<rect x="30" y="30" width="60" height="60" rx="${radius}" fill="hsl(${hue} 42% 42%)" transform="rotate(${turn} 60 60)"/></svg>`,
    );
  });
}
