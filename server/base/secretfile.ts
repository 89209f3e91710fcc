/** Files with keys and tokens. */
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";

/** Whole or not at all, durable, readable by its owner only. */
export function writeSecretFile(path: string, content: string): void {
  const draft = `${path}.new`;
  const file = openSync(draft, "w", 0o600);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}
