/**
 * GET /v1/bundle       the bundle in force: revalidated on every visit, 304 when nothing is new
 * GET /v1/bundles/:id  one bundle for ever
 */
import { type Context, Hono } from "hono";
import type { Bundles } from "../publishing/bundles.ts";
import type { EncodedBundle } from "../store/bundles.ts";
import { codingFor, hasTag } from "./negotiate.ts";
import { problem } from "./problem.ts";

export function bundleRoutes({ bundles }: { readonly bundles: Bundles }): Hono {
  const app = new Hono();
  app.get("/bundle", (c) => {
    const { inForce } = bundles;
    if (inForce === null) {
      return problem(c, {
        status: 404,
        name: "no-bundle",
        detail: "expected a bundle in force, got none: no catalogue has been imported yet",
      });
    }
    return bundleResponse(c, inForce.encoded, "no-cache");
  });
  app.get("/bundles/:id", async (c) => {
    const id = c.req.param("id");
    const encoded = await bundles.published(id);
    if (encoded === undefined) {
      const detail = `bundle must be the id of a published bundle, got ${JSON.stringify(id)}`;
      return problem(c, { status: 404, name: "unknown-bundle", detail });
    }
    return bundleResponse(c, encoded, "public, max-age=31536000, immutable");
  });
  return app;
}

function bundleResponse(c: Context, encoded: EncodedBundle, cacheControl: string): Response {
  const coding = codingFor(c.req.header("accept-encoding"), ["br", "gzip", "identity"]);
  const tag = `"${encoded.id}"`;
  const headers = {
    // The tag names the content, which is the same in every coding: then it is a weak one (RFC 9110, 8.8.1).
    etag: coding === "identity" ? tag : `W/${tag}`,
    vary: "accept-encoding",
    "cache-control": cacheControl,
    "x-content-type-options": "nosniff",
  };
  if (hasTag(c.req.header("if-none-match"), tag)) return c.body(null, 304, headers);
  const body = { br: encoded.brotli, gzip: encoded.gzip, identity: encoded.bytes }[coding];
  return c.body(Uint8Array.from(body), 200, {
    ...headers,
    "content-type": "application/octet-stream",
    ...(coding === "identity" ? {} : { "content-encoding": coding }),
  });
}
