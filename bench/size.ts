/** What a page downloads: the built SDK, compressed. Run `npm run build:sdk` first. */
import { readFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { writeResults } from "./results.ts";

const sizes = [
  "stub.js",
  "tacit.js",
  "page.js",
  "index.js",
  "worker.js",
  "debug.js",
  "tokens.js",
  "moving.js",
  "parquet.js",
  "words.js",
  "encoder.js",
  "encoder.wasm",
  "reasons.js",
].map((file) => {
  const bytes = readFileSync(new URL(`../dist/sdk/${file}`, import.meta.url));
  return {
    file,
    bytes: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    // 11, the usual, takes half a minute for what is of megabytes.
    brotli: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }).length,
  };
});
for (const { file, bytes, gzip, brotli } of sizes) {
  console.log(`${file.padEnd(11)} ${bytes} bytes, ${gzip} gzip, ${brotli} brotli`);
}
writeResults("size", sizes);
