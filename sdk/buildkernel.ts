/**
 * Compiles core/kernel/assembly/kernel.ts into core/kernel/bytes.ts: `npm run kernel`. The bytes stand in the
 * repository, so that what imports core needs no compiler; a test compiles them again and compares.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const bytesFile = here("../core/kernel/bytes.ts");

/** The text of core/kernel/bytes.ts. @throws {Error} with what the compiler says. */
export async function kernelBytesFile(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "tacit-kernel-"));
  const out = join(folder, "kernel.wasm");
  try {
    const source = here("../core/kernel/assembly/kernel.ts");
    const options = ["-O3", "--runtime", "stub", "--enable", "simd", "--initialMemory", "1"];
    const { error, stderr } = await asc.main([source, ...options, "--outFile", out]);
    if (error !== null) throw new Error(`kernel: ${stderr.toString()}`);
    const hex = readFileSync(out).toString("hex");
    return [
      "/**",
      " * Compiled from assembly/kernel.ts by `npm run kernel`. In hex, which compresses better than base64: a byte",
      " * stays one.",
      " */",
      "export const kernelHex =",
      `  ${JSON.stringify(hex)};`,
      "",
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(bytesFile, await kernelBytesFile());
