/** The licences of the packages that a built file carries: who passes the files on passes them on, too. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import type { build } from "vite";

/** Names of the packages whose modules are in what was built. */
export function packagesIn(built: Awaited<ReturnType<typeof build>>): ReadonlySet<string> {
  const outputs = [built].flat().flatMap((one) => ("output" in one ? one.output : []));
  const modules = outputs.flatMap((file) => (file.type === "chunk" ? Object.keys(file.modules) : []));
  return new Set(modules.flatMap((id) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? []));
}

const packageSchema = v.object({
  version: v.string(),
  license: v.string(),
  repository: v.optional(v.union([v.string(), v.object({ url: v.string() })])),
});

/**
 * @param folder where they are installed. What a package has no file for is named with where it is from.
 * @throws {Error} for one that says none.
 */
export function licencesOf(packages: Iterable<string>, folder: string): string {
  const texts = [...packages].sort().map((name) => {
    const place = join(folder, name);
    const said = v.parse(packageSchema, JSON.parse(readFileSync(join(place, "package.json"), "utf8")));
    const file = readdirSync(place).find((one) => /^licen[cs]e(?:\.(?:md|txt))?$/i.test(one));
    const from = typeof said.repository === "object" ? said.repository.url : said.repository;
    const words =
      file === undefined
        ? `${said.license}${from === undefined ? "" : `, of ${from}`}`
        : readFileSync(join(place, file), "utf8").trim();
    return `${name} ${said.version}\n\n${words}\n`;
  });
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}
