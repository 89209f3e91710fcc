/**
 * A link that leads out of docs/, as to a source file, has no page on the site, and the repository no public address: there
 * it is its words, with the file's path as a hint. In the repository the same line is a link.
 */
import { dirname, relative, resolve } from "node:path";
import type { MarkdownRenderer } from "vitepress";

export function plainOutsideLinks(md: MarkdownRenderer, docs: string): void {
  const root = resolve(docs, "..");
  md.core.ruler.push("plain-outside-links", (state) => {
    const from = dirname(resolve(docs, (state.env as { readonly relativePath: string }).relativePath));
    for (const { children } of state.tokens) {
      let isOutside = false;
      for (const token of children ?? []) {
        if (token.type === "link_open") {
          const path = outsidePath(token.attrGet("href") ?? "", { from, docs, root });
          isOutside = path !== null;
          if (path !== null) {
            token.tag = "span";
            token.attrs = [["title", path]];
          }
        } else if (token.type === "link_close" && isOutside) {
          token.tag = "span";
          isOutside = false;
        }
      }
    }
    return true;
  });
}

/** The path in the repository; null where the link stays within docs/, or on its page, or leads to another host. */
function outsidePath(
  href: string,
  { from, docs, root }: { readonly from: string; readonly docs: string; readonly root: string },
): string | null {
  if (/^(?:[a-z]+:|#|\/)/.test(href)) return null;
  const target = resolve(from, decodeURI(href).split("#")[0]);
  return relative(docs, target).startsWith("..") ? relative(root, target) : null;
}
