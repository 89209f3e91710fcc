/** What is written for those who use the SDK: docs/SDK.md and its guides, as one text. */
import { readdirSync, readFileSync } from "node:fs";

const docs = new URL("../../docs/", import.meta.url);

export function guideText(name: string): string {
  return readFileSync(new URL(`guides/${name}`, docs), "utf8");
}

export function sdkGuide(): string {
  const guides = readdirSync(new URL("guides/", docs)).sort();
  return [readFileSync(new URL("SDK.md", docs), "utf8"), ...guides.map(guideText)].join("\n");
}
