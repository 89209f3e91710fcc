/** Packs both packages once for all files of `npm run test:package`, as a release does. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { npm, root } from "./commands.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Tarballs. */
    readonly sdk: string;
    readonly server: string;
    /** The tarballs' contents. */
    readonly unpacked: { readonly sdk: string; readonly server: string };
  }
}

export default async function pack(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), "tacit-packed-"));
  await npm(root, ["pack", "--workspaces", "--include-workspace-root", "--pack-destination", folder]);
  const tarballOf = (name: string): string => {
    const found = readdirSync(folder).filter((file) => file.startsWith(`${name}-`) && file.endsWith(".tgz"));
    if (found.length !== 1) throw new Error(`pack: expected one tarball of ${name}, got ${found.length}`);
    return join(folder, found[0]);
  };
  const [sdk, server] = [tarballOf("tacit-sdk"), tarballOf("tacit-server")];
  // Where a package is looked at as npm unpacks it, without what it depends on.
  const unpacked = async (name: string, tarball: string): Promise<string> => {
    const target = join(folder, name);
    mkdirSync(target);
    await npm(target, ["init", "-y"]);
    await npm(target, ["install", "--no-audit", "--no-fund", "--no-save", tarball]);
    return join(target, "node_modules", name);
  };
  project.provide("sdk", sdk);
  project.provide("server", server);
  project.provide("unpacked", {
    sdk: await unpacked("tacit-sdk", sdk),
    server: await unpacked("tacit-server", server),
  });
  return () => rmSync(folder, { recursive: true, force: true });
}
