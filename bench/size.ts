/** What a page downloads: the built SDK, compressed. Run `npm run build:sdk` first. */
import { readFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { writeResults } from "./results.ts";

const sizes = [
  "stub.js",
  "tacit.js",
  "index.js",
  "worker.js",
  "debug.js",
  "tokens.js",
  "moving.js",
  "parquet.js",
  "words.js",
].map((file) => {
  const bytes = readFileSync(new URL(`../dist/sdk/${file}`, import.meta.url));
  return {
    file,
    bytes: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes).length,
  };
});
for (const { file, bytes, gzip, brotli } of sizes) {
  console.log(`${file.padEnd(11)} ${bytes} bytes, ${gzip} gzip, ${brotli} brotli`);
}
writeResults("size", sizes);
