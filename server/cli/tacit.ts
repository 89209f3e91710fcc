#!/usr/bin/env node
/**
 * The installed command. Looks at the version of Node before it loads anything that an older one cannot read,
 * and says in a sentence what it needs, also where `engines` of package.json was not heeded.
 */
const [major, minor] = process.versions.node.split(".").map(Number);
if (major > 20 || (major === 20 && minor >= 19)) {
  const { runProcess } = await import("./main.ts");
  await runProcess();
} else {
  console.error(`tacit: expected Node 20.19 or later, got ${process.versions.node}`);
  process.exitCode = 1;
}

export {};
