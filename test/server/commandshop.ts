/** A shop that a test reaches by commands alone, as its operator does, and its model as a browser has it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../../server/base/config.ts";
import { runCli } from "../../server/cli/main.ts";
import { openParts } from "../../server/roles/leader.ts";
import { Model } from "../../worker/rank/model.ts";
import { temporaryDirectory } from "./harness.ts";

/** A data directory of its own. */
export class CommandShop {
  readonly #folder = temporaryDirectory();
  readonly data: string;

  constructor(name = "data") {
    this.data = join(this.#folder, name);
  }

  async import(items: readonly { readonly id: string; readonly title: string }[]) {
    return this.#run(
      "import",
      "id,title",
      items.map(({ id, title }) => `${id},${title}`),
    );
  }

  async train(lines: readonly string[], header = "customer,item,quantity", more: readonly string[] = []) {
    return this.#run("train", header, lines, more);
  }

  async inForce() {
    const parts = await openParts(parseConfig({ data: this.data }));
    const { inForce } = parts.editions;
    await parts.close();
    if (inForce === null) throw new Error("inForce: expected an edition, got none");
    return inForce;
  }

  async model(): Promise<Model> {
    const { id, sequence, model: joined } = await this.inForce();
    return new Model({ edition: { id, sequence }, joined, factors: null, isWhole: true });
  }

  async #run(
    name: "import" | "train",
    header: string,
    lines: readonly string[],
    more: readonly string[] = [],
  ) {
    const file = join(this.#folder, `${name}.csv`);
    writeFileSync(file, `${[header, ...lines].join("\n")}\n`);
    const out: string[] = [];
    const err: string[] = [];
    const told = { env: {}, out: (line: string) => out.push(line), err: (line: string) => err.push(line) };
    const args = name === "import" ? [name, file] : [name, "--orders", file];
    const status = await runCli([...args, ...more, "--data", this.data], told);
    return { status, out, err };
  }
}
