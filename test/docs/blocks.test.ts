/**
 * Every block of code in the documents is looked at by what will read it: programs by the compiler, markup by
 * what the SDK observes, commands by what there is to run, tables and settings by their readers. A kind of
 * block that nothing looks at fails; pages that are followed by the letter elsewhere are named, with where.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { eventKinds } from "../../core/events/event.ts";
import { checkedPolicy } from "../../core/model/policy.ts";
import { builds } from "../../sdk/vite.config.ts";
import { commands } from "../../server/cli/main.ts";
import { parseDraft } from "../../server/experiments/draft.ts";
import { catalogueColumns } from "../../server/publishing/import/itemvalues.ts";
import { dataAttributes } from "../sdk/attributes.ts";
import { examples } from "../sdk/examples.ts";
import { complaintsAbout } from "./compiled.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string): string => readFileSync(root + path, "utf8");

interface Block {
  /** `path:line`. */
  readonly at: string;
  readonly language: string;
  readonly text: string;
}

/**
 * Not here: quickstarts, which test/package/quickstarts.spec.ts follows in empty folders; decisions, which
 * are not edited.
 */
const pages = [
  "README.md",
  "server/README.md",
  ...["", "guides/"].flatMap((folder) =>
    readdirSync(`${root}docs/${folder}`)
      .filter((name) => name.endsWith(".md"))
      .map((name) => `docs/${folder}${name}`),
  ),
];

const blocks: readonly Block[] = pages.flatMap((path) =>
  [...read(path).matchAll(/^( *)```(\S*)\n(.*?)^ *```$/gms)].map(
    ({ 1: indent, 2: language, 3: text, index }) => ({
      at: `${path}:${read(path).slice(0, index).split("\n").length}`,
      language,
      text: text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    }),
  ),
);
const of = (...languages: readonly string[]): readonly Block[] =>
  blocks.filter(({ language }) => languages.includes(language));

/** Shown and not run, each for a reason; there are so many of them, and no more. */
const unrun: Readonly<Record<string, string>> = {
  "docs/ARCHITECTURE.md": "the folders of the repository, as test/layering.test.ts holds them",
  "docs/PROTOCOL.md":
    "the formulas of arms, which test/core/experiments/assignment.test.ts holds to frozen vectors",
  "docs/RANKER.md": "a formula",
  "docs/OPERATING.md": "lines of a log, which test/server/operatingdocs.test.ts compares with what is logged",
};

test("no block is without somebody who looks at it", () => {
  const looked = ["ts", "tsx", "js", "html", "sh", "json", "csv"];
  const others = blocks.filter(({ language }) => !looked.includes(language));
  expect(others.map(({ at }) => at.split(":")[0]).sort()).toEqual(Object.keys(unrun).sort());
  expect(blocks.length).toBeGreaterThan(45);
});

/** Scripts that stand in markup, as modules; the script tag has made `tacit` there. */
const inMarkup: readonly Block[] = of("html").flatMap(({ at, text }) =>
  [...text.matchAll(/<script type="module">\n(.*?)<\/script>/gs)].map(([, script]) => ({
    ...{ at, language: "ts" },
    text: `import { tacit } from "tacit-sdk";\n${script}`,
  })),
);

/** And those in the comments of the SDK's methods. */
const onMethods: readonly Block[] = [...examples].map(([method, text]) => ({
  ...{ at: `sdk/types.ts ${method}`, language: "ts" },
  text: `import { tacit } from "tacit-sdk";\n${text}`,
}));

test("programs compile, and would not with a mistake in them", () => {
  const programs = [...of("ts", "tsx"), ...inMarkup, ...onMethods];
  const mistaken = `import { tacit } from "tacit-sdk"; tacit.track("veiw", { item: "a" });`;
  // A document may show two programs that say the same names.
  const complaints = complaintsAbout([...programs.map(({ text }) => `${text}\nexport {};`), mistaken]);
  const told = complaints.map(({ nth, text }) => `${programs[nth]?.at ?? "mistaken"}: ${text}`);
  expect(told.filter((text) => !text.startsWith("mistaken"))).toEqual([]);
  expect(told).toHaveLength(1);
}, 120_000);

describe("markup", () => {
  const elements = of("html").flatMap(({ at, text }) =>
    [
      ...text
        .replaceAll(/<!--.*?-->/gs, "")
        .matchAll(/<([a-z][a-z0-9-]*)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*\/?>/g),
    ].map(([, name, attributes]) => ({
      ...{ at, name },
      attributes: [...attributes.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)].map(([, key, value = ""]) => ({
        key,
        value,
      })),
    })),
  );

  test("has no attribute for the SDK that it does not read, and no event that there is none of", () => {
    const known = new Set(dataAttributes().map((name) => `data-${name}`));
    const wrong = elements.flatMap(({ at, attributes }) =>
      attributes
        .filter(({ key, value }) => {
          const isTold = key === "data-tacit-event" || key === "data-tacit-on";
          const kind: string = value.split(":").at(-1) ?? "";
          const isKind = eventKinds.some((one) => one === kind);
          return key.startsWith("data-tacit-") && (!known.has(key) || (isTold && !isKind));
        })
        .map(({ key, value }) => `${at} ${key}="${value}"`),
    );
    expect(wrong).toEqual([]);
    expect(elements.length).toBeGreaterThan(30);
  });

  test("gives widgets only what they observe", () => {
    const wrong = elements
      .filter(({ name }) => name.startsWith("tacit-"))
      .flatMap(({ at, name, attributes }) => {
        const widget = name.replace("tacit-", "");
        const code = read(`sdk/widgets/${widget}/${widget}.ts`);
        const [, observed = ""] = /observedAttributes[^"]*"([^"]+)"/.exec(code) ?? [];
        const most = [...observed.split(" "), "class", "id", "hidden"];
        return attributes.filter(({ key }) => !most.includes(key)).map(({ key }) => `${at} ${name} ${key}`);
      });
    expect(wrong).toEqual([]);
  });

  test("loads only files that are built", () => {
    const files = new Set(["stub.js", "main.js", ...Object.values(builds).map(({ file }) => file)]);
    const loaded = elements
      .filter(({ name }) => name === "script")
      .flatMap(({ at, attributes }) =>
        attributes
          .filter(({ key }) => key === "src")
          .map(({ value }) => ({ at, file: value.split("/").at(-1) ?? "" })),
      );
    expect(loaded.filter(({ file }) => !files.has(file))).toEqual([]);
    expect(loaded.length).toBeGreaterThan(10);
  });
});

describe("commands", () => {
  const lines = of("sh").flatMap(({ at, text }) =>
    text
      .split("\n")
      .flatMap((line) => line.replace(/(?:^|\s)#.*$/, "").split("&&"))
      .map((line) => ({ at, words: line.trim().split(/\s+/) }))
      .filter(({ words }) => words[0] !== ""),
  );

  test.each(lines.map(({ at, words }) => [words.join(" "), at, words] as const))(
    "%s (%s)",
    (_line, _at, words) => {
      expect(faultOf(words)).toBeNull();
    },
  );

  test("would fail with a command, a flag or a package that there is none of", () => {
    const faults = [
      "npm run tacit -- imprt x.csv",
      "npx tacit-server serve --prot 1",
      "npm i tacit",
      "npm run speeed",
      "make",
    ];
    expect(faults.map((line) => faultOf(line.split(" "))).filter((fault) => fault !== null)).toHaveLength(
      faults.length,
    );
  });
});

interface Manifest {
  readonly name: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** What is wrong with a command; null: nothing. */
function faultOf([program, ...words]: readonly string[]): string | null {
  const tree: Manifest = JSON.parse(read("package.json"));
  const server: Manifest = JSON.parse(read("server/package.json"));
  const [first = "", ...rest] = words;
  switch (`${program} ${first}`) {
    case "npm run": {
      const [script, , ...args] = rest;
      if (tree.scripts?.[script] === undefined) return `no script ${script}`;
      return script === "tacit" ? faultOfTacit(args) : null;
    }
    case "npx tacit-server":
      return faultOfTacit(rest);
    case "npm i": {
      const known = [tree, server].flatMap((one) => [
        ...[
          one.name,
          one.dependencies,
          one.devDependencies,
          one.optionalDependencies,
          one.peerDependencies,
        ].flatMap((part) => (typeof part === "string" ? [part] : Object.keys(part ?? {}))),
      ]);
      return rest.every((name) => known.includes(name.replace(/(?<=.)@.*$/, "")))
        ? null
        : `no package ${rest}`;
    }
    case "npm ci":
    case "npm test":
    case "npm start":
      return null;
    default:
      return program === "cp" && words.length >= 2 ? null : `nobody knows ${program}`;
  }
}

function faultOfTacit([name, ...args]: readonly string[]): string | null {
  if (name === "--help") return null;
  const command = commands[name];
  if (command === undefined) return `no command ${name}`;
  const known = ["config", "data", "help", "wait", ...Object.keys(command.flags)];
  const unknown = args.filter(
    (word) => word.startsWith("--") && !known.includes(word.slice(2).split("=")[0]),
  );
  return unknown.length === 0 ? null : `no flags ${unknown}`;
}

test("settings and tables are read as they stand", () => {
  const [drafts, policies] = [true, false].map((isDraft) =>
    of("json").filter(({ at }) => at.startsWith("docs/EXPERIMENTS.md:") === isDraft),
  );
  expect(drafts.map(({ text }) => parseDraft(JSON.parse(text)).name)).toEqual(["banner"]);
  for (const { at, text } of policies) {
    expect(at).toMatch(/^docs\/OPERATING\.md:/);
    expect(Object.keys(checkedPolicy(JSON.parse(text), at))).toContain("recommend");
  }
  for (const { text } of of("csv")) {
    const [head, ...rows] = text.trim().split("\n");
    expect(head.split(",").filter((name) => !catalogueColumns.some((column) => column === name))).toEqual([]);
    for (const row of rows) expect(row.split(",")).toHaveLength(head.split(",").length);
  }
  expect(of("json").length + of("csv").length).toBeGreaterThan(1);
});

test("links within the documents lead to headings that are there", () => {
  const others = ["docs/decisions/", "docs/quickstart/"].flatMap((folder) =>
    existsSync(root + folder) ? readdirSync(root + folder).map((name) => folder + name) : [],
  );
  const all = [...pages, ...others];
  const dead = all.flatMap((path) =>
    [...read(path).matchAll(/\]\(([^)\s:]*\.md)?#([\w-]+)\)/g)]
      .filter(([, file, anchor]) => {
        const target = file === undefined ? path : new URL(file, `file:///${path}`).pathname.slice(1);
        return !existsSync(root + target) || !anchorsOf(read(target)).has(anchor);
      })
      .map(([link]) => `${path} ${link}`),
  );
  expect(dead).toEqual([]);
});

/** As GitHub and the site make them of headings. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\- _]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}
