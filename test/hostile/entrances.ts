/**
 * Where bytes from outside enter, found in the sources themselves: every exported function that parses, or that reads
 * an input, so that one without a grammar of hostile inputs is noticed.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const floors = ["core", "server", "worker", "sdk"];

/** `core/wire/report.ts#parseReport` of each. */
export function entrances(): readonly string[] {
  return floors.flatMap((floor) =>
    readdirSync(join(root, floor), { recursive: true, encoding: "utf8" })
      .filter((file) => /(?<!\.d)\.ts$/.test(file) && !/(?:^|\/)(?:node_modules|dist)\//.test(file))
      .map((file) => `${floor}/${file.replaceAll("\\", "/")}`)
      .flatMap((file) => entrancesIn(file, readFileSync(join(root, file), "utf8"))),
  );
}

/** `export async function* name<Of>(first: Type, …` */
const declaration = /^export (?:async )?function\*? ?(\w+)(?:<[^(]*>)?\(\s*(?:\w+\??: ([^,)=]+))?/gm;

function entrancesIn(file: string, text: string): readonly string[] {
  return Array.from(text.matchAll(declaration))
    .filter(([, name, type = ""]) => isEntrance(name, type.trim()))
    .map(([, name]) => `${file}#${name}`);
}

/** By its name, by an input that it reads, or by bytes or values that it takes apart. */
function isEntrance(name: string, type: string): boolean {
  const takes = /^(?:(?:read|apply|split|open)[A-Z]|settingsFrom|gatewayKeyOf|plainCard|cardIn)/.test(name);
  return (
    /^parse/.test(name) || type === "Input" || (takes && /^(?:unknown|Uint8Array|TacitConfig)$/.test(type))
  );
}
