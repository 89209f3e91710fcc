/** Names of the data attributes that the SDK reads, without `data-`, as its code has them. */
import { readdirSync, readFileSync } from "node:fs";
import { configKeys } from "../../sdk/glance.ts";

const sdk = new URL("../../sdk/", import.meta.url);
const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export function dataAttributes(): readonly string[] {
  const parts = readdirSync(new URL("capture", sdk)).map((file) => `capture/${file}`);
  const code = ["capture.ts", "install.ts", "widgets/panel/panel.ts", ...parts]
    .map((file) => readFileSync(new URL(file, sdk), "utf8"))
    .join();
  return [
    ...[...configKeys, "siteKey", "helper", "helperKey"]
      .filter((key) => !["pins", "onError"].includes(key))
      .map((key) => `tacit-${dashed(key)}`),
    ...[...code.matchAll(/\btacit(?:Item|Event|List|Position)\b/g)].map(([name]) => dashed(name)),
    ...[...code.matchAll(/"\[?data-(tacit-[a-z]+)\]?"/g)].map(([, name]) => name),
    // Any property of `track` may stand behind it: the guide has one.
    ...[...code.matchAll(/"data-(tacit-[a-z]+-)"/g)].map(([, prefix]) => `${prefix}amount`),
    ...[...code.matchAll(/said\(\w+, "([a-z]+)"\)/g)].map(([, name]) => `tacit-${name}`),
  ];
}
