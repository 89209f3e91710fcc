/**
 * The SDK's files, mounted under /tacit:
 *
 *   GET /NAME               a file of the present build; to be asked for again at each visit
 *   GET /integrity.json     what the present build is called, and each file's path and integrity
 *   GET /VERSION-HASH/NAME  a file of the build of that name, for ever: of the present one, or of a folder of
 *                           that name beside its files, if that is what is in it
 */
import { join } from "node:path";
import { Hono } from "hono";
import { problem } from "./problem.ts";
import { isBuildName, sdkBuilds } from "./sdkbuild.ts";
import { fileAnswers, immutable, staticFiles } from "./static.ts";

/** Beside what runs: for debuggers, and who reads licences. */
const besides = /^(?:[A-Za-z][\w-]*\.js\.map|LICENSES\.txt)$/;

const isRead = (method: string) => method === "GET" || method === "HEAD";

export function sdkRoutes(root: string): Hono {
  const app = new Hono();
  const buildIn = sdkBuilds();
  const answer = fileAnswers();
  // For all methods: a path that is none is 404, whatever it is asked by.
  app.use("/integrity.json", async (c, next) => {
    if (!isRead(c.req.method)) return next();
    const build = await buildIn(root);
    if (build === null) return next();
    const { version, name, integrity } = build;
    const files = Object.fromEntries(
      // Relative to this document: it may be asked for through a site's own path.
      Object.entries(integrity).map(([file, value]) => [file, { path: `${name}/${file}`, integrity: value }]),
    );
    return c.json({ version, build: name, files }, 200, { "cache-control": "no-cache" });
  });
  app.use("/:build/:file", async (c, next) => {
    const { build: asked = "", file = "" } = c.req.param();
    if (!isRead(c.req.method)) return next();
    const present = await buildIn(root);
    if (present === null || !isBuildName(asked)) return next();
    const folder = asked === present.name ? root : join(root, asked);
    const build = asked === present.name ? present : await buildIn(folder);
    if (build?.name !== asked) {
      const detail = `build must be ${present.name}, which is the one here, got ${asked}`;
      return problem(c, { status: 404, name: "other-build", detail, more: { present: present.name } });
    }
    const caching = Object.hasOwn(build.integrity, file) ? immutable : besides.test(file) ? "no-cache" : null;
    const found = caching === null ? null : await answer(c, join(folder, file), caching);
    return found ?? next();
  });
  app.use("*", staticFiles({ root, prefix: "/tacit", pages: false }));
  return app;
}
