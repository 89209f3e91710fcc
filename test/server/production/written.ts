/**
 * docs/OPERATING.md's production set-up as it is printed: the commands of each numbered step, and the three files of
 * settings in a copy of what a clone holds, with a reader's own addresses in place of those of `.example`.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const settingsFolder = "examples/production";
/** What the commands of the set-up need of a clone. */
const cloned = ["package.json", "tsconfig.json", "tsconfig.base.json", "core", "worker", "sdk", "server"];

export interface Step {
  readonly title: string;
  readonly text: string;
  /** Lines of its code block. */
  readonly commands: readonly string[];
}

/** @throws where the document has no such steps. */
export function productionSteps(): readonly Step[] {
  const whole = readFileSync(join(root, "docs/OPERATING.md"), "utf8");
  const [, part] = /^To set them up, .*?:\n\n(.*?)\n\n(?=\S)(?!\d\. )/ms.exec(whole) ?? [];
  if (part === undefined) throw new Error("productionSteps: expected steps in docs/OPERATING.md, got none");
  return part.split(/^(?=\d+\. )/m).map((text) => {
    const [, title] = /^\d+\. \*\*(.+?)\.?\*\*/.exec(text) ?? [];
    if (title === undefined) throw new Error(`productionSteps: a step must have a title, got ${text}`);
    const blocks = [...text.matchAll(/^ *```sh\n(.*?)^ *```$/gms)].flatMap(([, block]) => block.split("\n"));
    return { title, text, commands: blocks.map((line) => line.trim()).filter((line) => line !== "") };
  });
}

export class Clone {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    for (const name of cloned) cpSync(join(root, name), join(folder, name), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    mkdirSync(join(folder, settingsFolder), { recursive: true });
    for (const name of readdirSync(join(root, settingsFolder))) {
      cpSync(join(root, settingsFolder, name), join(folder, settingsFolder, name));
    }
  }

  /** Puts a text in place of another in every file of settings. @throws where none has it. */
  replace(printed: string, own: string): void {
    let found = 0;
    for (const name of readdirSync(join(this.folder, settingsFolder))) {
      const path = join(this.folder, settingsFolder, name);
      const text = readFileSync(path, "utf8");
      found += text.split(printed).length - 1;
      writeFileSync(path, text.replaceAll(printed, own));
    }
    if (found === 0) throw new Error(`replace: ${settingsFolder} must name ${printed}, got nothing`);
  }

  settings(role: string): Record<string, unknown> {
    return JSON.parse(readFileSync(this.#fileOf(role), "utf8"));
  }

  /** Puts sections, as a command printed them, in place of those of a file. */
  paste(role: string, sections: string): void {
    const settings = { ...this.settings(role), ...JSON.parse(`{${sections}}`) };
    writeFileSync(this.#fileOf(role), JSON.stringify(settings, null, 2));
  }

  #fileOf(role: string): string {
    return join(this.folder, settingsFolder, `${role}.json`);
  }
}
