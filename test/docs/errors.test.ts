/** docs/errors.md explains each code of an error, and each name of a server's refusal, and no other. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";
import { errorCodeOf, errorCodes } from "../../core/errorcodes.ts";
import { refusals } from "../../core/wire/report.ts";
import { faultsOf } from "../../sdk/widgets/shelf/faults.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(`${root}docs/errors.md`, "utf8");
const [ofSdk, ofServer] = page.split("\n## Answers of a server\n");

const sourcesIn = (folder: string): readonly string[] =>
  readdirSync(root + folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !/^(?:build|vite)/.test(name))
    .map((name) => `${folder}/${name}`);

/** Texts with which errors are made, each `${…}` as it might read: who asks, or something that came. */
function messagesIn(file: string): readonly string[] {
  const source = ts.createSourceFile(file, readFileSync(root + file, "utf8"), ts.ScriptTarget.ESNext, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const isError =
      ts.isNewExpression(node) && /^(?:Type|Range)?Error$|^WorkerLost$/.test(node.expression.getText(source));
    if (isError) for (const argument of node.arguments ?? []) found.push(...textsOf(argument));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function textsOf(node: ts.Node): readonly string[] {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (!ts.isTemplateExpression(node)) return [];
  // What stands first is who asks; the rest may be numbers as well as anything.
  const [first, ...rest] = node.templateSpans.map(({ literal }) => literal.text);
  const begin = node.head.text === "" ? "recommend" : `${node.head.text}3`;
  return [[begin + first, ...rest].join("3")];
}

const messages = ["sdk", "worker"]
  .flatMap(sourcesIn)
  .flatMap((file) => messagesIn(file).map((message) => ({ file, message })));
/** What the code adds around a message: the core's own texts, and texts in parts. */
const others = [
  'steer: wish must be boost, less, mute or nothing, got "x"',
  "declare: ageBand must be one of its values, got text of 3 characters",
  'track: item must be given for "view", got nothing',
  "consent: personalise must be true or false, got string",
  'recommend: item must be in the catalogue, got "x"',
  "contribute: budget: a report must fit in the rho of 30 days, got more",
  "fromDataLayer: expected an array, got string",
  "openSigned: a plan document must be signed by 3f1c…, got another signature",
  "steer: expected { wish, of, value }, got 3",
  ...faultsOf((name) => (name === "count" ? "many" : null)).values(),
];

test("the page has each code of the list as a heading of its own, and no other", () => {
  const headings = [...ofSdk.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);
  expect([...headings].sort()).toEqual([...errorCodes].sort());
});

test("each code is that of a message which is made somewhere", () => {
  const made = new Set([...messages.map(({ message }) => message), ...others].map(errorCodeOf));
  expect(errorCodes.filter((code) => !made.has(code))).toEqual([]);
  expect(messages.length).toBeGreaterThan(100);
});

test("what the page's side makes has a code that says what to do, but for promises of the code itself", () => {
  const internal = messages.filter(({ message }) => errorCodeOf(message) === "internal");
  const who = internal.map(({ message }) => message.split(":")[0]);
  expect([...new Set(who)].sort()).toEqual([
    ...[
      "contribute",
      "item-factors",
      "item-pairs",
      "recommend",
      "reportOf",
      "start",
      "tacit",
      "uniformBelow",
    ],
  ]);
});

test("the page has each name that a server refuses with, and no other", () => {
  const names = ["server"]
    .flatMap(sourcesIn)
    .flatMap((file) =>
      [...readFileSync(root + file, "utf8").matchAll(/status(?:: [^,{}]+)?,\s*name: "([a-z-]+)"/g)].map(
        ([, name]) => name,
      ),
    );
  const told = [...ofServer.matchAll(/^\| (`.+?`) \|/gm)].flatMap(([, cell]) =>
    cell.replaceAll("`", "").split(", "),
  );
  expect([...told].sort()).toEqual([...new Set([...names, ...refusals])].sort());
});
