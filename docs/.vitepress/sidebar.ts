/** What stands beside the pages, by where the reader is. The decisions are behind "How it works". */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { DefaultTheme } from "vitepress";

type Item = DefaultTheme.SidebarItem;

const docs = new URL("../", import.meta.url);
const page = (text: string, link: string): Item => ({ text, link });

/** The first heading of a page. */
function titleOf(path: string): string {
  const [, title = path] = /^# (.+)$/m.exec(readFileSync(new URL(path, docs), "utf8")) ?? [];
  return title.replaceAll("`", "");
}

const pagesIn = (folder: string): readonly string[] =>
  existsSync(new URL(folder, docs))
    ? readdirSync(new URL(folder, docs))
        .filter((name) => name.endsWith(".md") && name !== "index.md")
        .sort()
    : [];

/** The simplest first; others after them. */
const order = "tag npm react vue next nuxt astro sveltekit wordpress shopify".split(" ");

const quickstarts = (): Item[] => {
  const place = ({ link = "" }: Item): number =>
    order.indexOf(link.split("/").at(-1) ?? "") + 1 || order.length + 1;
  return listed("quickstart/").sort((a, b) => place(a) - place(b));
};

function listed(folder: string): Item[] {
  return pagesIn(folder).map((name) =>
    page(titleOf(folder + name), `/${folder}${name.replace(/\.md$/, "")}`),
  );
}

const begin: Item = {
  text: "Begin",
  items: [page("Ten minutes to a shelf", "/start"), ...quickstarts()],
};

const guides: Item = {
  text: "Guides",
  items: [
    page("Using the SDK", "/SDK"),
    ...[
      "loading",
      "frameworks",
      "configuration",
      "events",
      "bridges",
      "lists",
      "widgets",
      "consent",
      "experiments",
      "debugging",
    ].map((name) => page(titleOf(`guides/${name}.md`), `/guides/${name}`)),
    page("Errors", "/errors"),
  ],
};

const reference: Item = {
  text: "Reference",
  items: [page("API", "/api/"), page("Sizes and speeds", "/sizes")],
};

const server: Item = {
  text: "Server",
  items: [
    page("Operating", "/OPERATING"),
    page("Experiments", "/EXPERIMENTS"),
    page("Upgrading", "/UPGRADING"),
  ],
};

const inside: Item = {
  text: "How it works",
  items: [
    page("Architecture", "/ARCHITECTURE"),
    page("Privacy and threats", "/PRIVACY"),
    page("Protocol", "/PROTOCOL"),
    page("The ranker", "/RANKER"),
    page("Features of a person", "/FEATURES"),
  ],
};

const decisions: Item = { text: "Decisions", collapsed: true, items: listed("decisions/") };

export const sidebar: DefaultTheme.Sidebar = {
  "/decisions/": [inside, { ...decisions, collapsed: false }],
  "/": [
    begin,
    guides,
    reference,
    server,
    { ...inside, items: [...(inside.items ?? []), decisions] },
    page("Compared with others", "/comparison"),
  ],
};
