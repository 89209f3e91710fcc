/** The site of the documentation: `npm run docs` while writing, `npm run docs:build` into dist/docs. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";
import { plainOutsideLinks } from "./outside.ts";
import { sidebar } from "./sidebar.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  title: "Tacit",
  description: "Personalize a site without anyone learning what a person did there.",
  lang: "en-GB",
  outDir: here("../../dist/docs"),
  cacheDir: here("cache"),
  cleanUrls: false,
  // A link to a page that is not there fails the build; of a server on the own machine nobody can say.
  ignoreDeadLinks: "localhostLinks",
  head: [["link", { rel: "icon", type: "image/svg+xml", href: "/favicon.svg" }]],
  markdown: { config: (md) => plainOutsideLinks(md, here("..")) },
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith("tacit-") } } },
  themeConfig: {
    siteTitle: "Tacit",
    logo: "/favicon.svg",
    search: {
      provider: "local",
      options: {
        detailedView: "auto",
        // Whoever looks for a word looks for the guide first.
        miniSearch: {
          searchOptions: { boostDocument: (id) => (/^\/(api|decisions)\//.test(String(id)) ? 0.2 : 1) },
        },
      },
    },
    outline: { level: [2, 3] },
    nav: [
      { text: "Start", link: "/start", activeMatch: "^/(start|quickstart/)" },
      { text: "Guides", link: "/SDK", activeMatch: "^/(SDK|guides/|errors)" },
      { text: "Reference", link: "/api/", activeMatch: "^/(api/|sizes)" },
      { text: "Server", link: "/OPERATING", activeMatch: "^/(OPERATING|EXPERIMENTS|UPGRADING)" },
      {
        text: "How it works",
        link: "/ARCHITECTURE",
        activeMatch: "^/(ARCHITECTURE|PRIVACY|PROTOCOL|RANKER|FEATURES)",
      },
      { text: "Compared", link: "/comparison" },
    ],
    sidebar,
  },
});
