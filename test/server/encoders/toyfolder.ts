/** An encoder's folder as its manifest says, whose model nobody can run. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const toyDim = 3;

export function makeToyFolder(folder: string): void {
  mkdirSync(folder);
  const [model, tokenizer] = Object.entries({ "model.onnx": "a graph", "tokenizer.json": "{}" }).map(
    ([name, content]) => {
      writeFileSync(join(folder, name), content);
      return { path: name, sha256: createHash("sha256").update(content).digest("hex") };
    },
  );
  const manifest = {
    name: "toy",
    license: "MIT",
    dim: toyDim,
    maxTokens: 8,
    pooling: "mean",
    inputs: ["input_ids"],
    output: "out",
    files: { model, tokenizer },
  };
  writeFileSync(join(folder, "encoder.json"), JSON.stringify(manifest));
}
