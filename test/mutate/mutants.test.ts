import ts from "typescript";
import { expect, test } from "vitest";
import { mutantsOf } from "./mutants.ts";

/** Mutants of a function body: what was done, and the body as it is then. */
function mutantsIn(body: string): readonly string[] {
  const [before, after] = ["async function f(a, b, c) { x();", "}"];
  return mutantsOf("f.ts", `${before}${body}${after}`)
    .filter(({ what }) => what !== "function does nothing")
    .map(({ what, text }) => `${what}: ${text.slice(before.length, text.length - after.length)}`);
}

test.each([
  ["if (a) b();", ["if taken as true: if (true) b();", "if taken as false: if (false) b();"]],
  ["return a ? b : c;", ["? taken as true: return (b);", "? taken as false: return (c);"]],
  ["a && b;", ["&& without its right side: (a);", "&& without its left side: (b);"]],
  ["a || b;", ["|| without its right side: (a);", "|| without its left side: (b);"]],
  ["a ?? b;", ["?? without its right side: (a);", "?? without its left side: (b);"]],
  ["a ??= b;", ["??= never: (a);", "??= always: (a = b);"]],
  ["a?.b;", ["?. always goes on: a.b;", "?. never goes on: undefined;"]],
  ["a?.(b);", ["?. always goes on: a(b);", "?. never goes on: undefined;"]],
  ["a?.[b];", ["?. always goes on: a[b];", "?. never goes on: undefined;"]],
  ["while (a) b();", ["while never: while (false) b();"]],
  ["for (const d of a) b();", ["for does nothing: for (const d of a) {}"]],
  ["try { a(); } catch { b(); }", ["catch does nothing: try { a(); } catch {}"]],
  ["try { a(); } finally { b(); }", ["finally does nothing: try { a(); } finally {}"]],
  ["const { d = 1 } = a;", ["default dropped: const { d } = a;"]],
  ['a.addEventListener("b", c);', ["call removed: ;"]],
  ["void setTimeout(a, 5);", ["call removed: ;"]],
  ["const d = a + b; c(d);", []],
])("%s loses each of its branches", (body, expected) => {
  expect(mutantsIn(body)).toEqual(expected);
});

test("a case, a default and a function's body are branches, and a constructor still is one", () => {
  expect(mutantsIn("switch (a) { case 1: b(); break; default: c(); }")).toEqual([
    "case removed: switch (a) {  default: c(); }",
    "case removed: switch (a) { case 1: b(); break; }".replace(" }", "  }"),
  ]);
  expect(
    mutantsOf("f.ts", "class C { constructor() { a(); } #b() { c(); } }").map(({ text }) => text),
  ).toEqual([
    "class C { constructor() {} #b() { c(); } }",
    "class C { constructor() { a(); } #b() { return; } }",
  ]);
});

test("every mutant is a program, differs from its source in one place, and says where", () => {
  const source = "function f(a = 1) {\n  if (a && g(a ?? 2)) return a?.b;\n  for (;;) h();\n}\n";
  const mutants = mutantsOf("f.ts", source);
  expect(mutants).toHaveLength(11);
  expect(new Set(mutants.map(({ text }) => text)).size).toBe(11);
  for (const { text, line } of mutants) {
    expect(ts.transpileModule(text, { reportDiagnostics: true }).diagnostics).toEqual([]);
    const changed = source.split("\n").findIndex((each, nth) => each !== text.split("\n")[nth]);
    expect(line).toBe(changed + 1);
  }
});
