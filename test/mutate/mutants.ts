/**
 * Mutants of a source file: the same file with one branch taken away.
 *
 * A branch is whatever a program may do or leave: a condition forced to one side, an operand of `&&`, `||` or
 * `??` dropped, `?.` taken for `.` or for nothing, a case, a default, a handler of a failure, a loop's body or a
 * whole function that does nothing, a listener that is not registered. Constants and comparisons stay as they
 * are: this asks whether anything would notice that a branch is gone, not whether a number is right.
 */
import ts from "typescript";

export interface Mutant {
  readonly file: string;
  /** 1 for the first. */
  readonly line: number;
  readonly what: string;
  /** What stood there, on one line. */
  readonly source: string;
  /** The whole file without the branch. */
  readonly text: string;
}

/** Calls whose effect is to be called back, or not any more. */
const registrations =
  /^(?:addEventListener|removeEventListener|observe|unobserve|disconnect|on|once|setTimeout|clearTimeout)$/;

export function mutantsOf(file: string, text: string): readonly Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const mutants: Mutant[] = [];
  const replace = (node: ts.Node, what: string, by: string, around: ts.Node = node): void => {
    const start = node.getStart(source);
    const before = text.slice(start, node.end);
    if (before.replace(/\s/g, "") === by.replace(/\s/g, "")) return;
    mutants.push({
      file,
      line: source.getLineAndCharacterOfPosition(start).line + 1,
      what,
      source: around.getText(source).replace(/\s+/g, " ").slice(0, 100),
      text: text.slice(0, start) + by + text.slice(node.end),
    });
  };
  const visit = (node: ts.Node): void => {
    for (const [part, what, by] of branchesOf(node, source)) replace(part, what, by, node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return mutants;
}

type Branch = readonly [part: ts.Node, what: string, by: string];

function branchesOf(node: ts.Node, source: ts.SourceFile): readonly Branch[] {
  const textOf = (part: ts.Node): string => part.getText(source);
  if (ts.isIfStatement(node)) return forced(node.expression, "if");
  if (ts.isConditionalExpression(node)) {
    return [
      [node, "? taken as true", `(${textOf(node.whenTrue)})`],
      [node, "? taken as false", `(${textOf(node.whenFalse)})`],
    ];
  }
  if (ts.isBinaryExpression(node)) {
    const operator = textOf(node.operatorToken);
    const { left, right } = node;
    if (["&&", "||", "??"].includes(operator)) {
      return [
        [node, `${operator} without its right side`, `(${textOf(left)})`],
        [node, `${operator} without its left side`, `(${textOf(right)})`],
      ];
    }
    if (["&&=", "||=", "??="].includes(operator)) {
      return [
        [node, `${operator} never`, `(${textOf(left)})`],
        [node, `${operator} always`, `(${textOf(left)} = ${textOf(right)})`],
      ];
    }
  }
  const question = (node as { readonly questionDotToken?: ts.QuestionDotToken }).questionDotToken;
  if (question !== undefined) {
    // `a?.b` goes on as `a.b`, `a?.()` as `a()`, `a?.[b]` as `a[b]`.
    const goesOn = ts.isPropertyAccessExpression(node) ? "." : "";
    return [
      [question, "?. always goes on", goesOn],
      [node, "?. never goes on", "undefined"],
    ];
  }
  if (ts.isCaseClause(node) || ts.isDefaultClause(node)) return [[node, "case removed", ""]];
  if (ts.isCatchClause(node)) return [[node.block, "catch does nothing", "{}"]];
  if (ts.isTryStatement(node) && node.finallyBlock)
    return [[node.finallyBlock, "finally does nothing", "{}"]];
  if (ts.isWhileStatement(node)) return [[node.expression, "while never", "false"]];
  if (ts.isForOfStatement(node) || ts.isForInStatement(node) || ts.isForStatement(node)) {
    return [[node.statement, "for does nothing", "{}"]];
  }
  if ((ts.isParameter(node) || ts.isBindingElement(node)) && node.initializer !== undefined) {
    const whole = textOf(node);
    const by = whole.slice(0, node.initializer.getStart(source) - node.getStart(source)).replace(/=\s*$/, "");
    return [[node, "default dropped", by.trimEnd()]];
  }
  if (ts.isExpressionStatement(node) && registrations.test(calledIn(node.expression))) {
    return [[node, "call removed", ";"]];
  }
  if (ts.isBlock(node) && ts.isFunctionLike(node.parent) && node.statements.length > 0) {
    return [[node, "function does nothing", ts.isConstructorDeclaration(node.parent) ? "{}" : "{ return; }"]];
  }
  return [];
}

function forced(condition: ts.Expression, what: string): readonly Branch[] {
  return [
    [condition, `${what} taken as true`, "true"],
    [condition, `${what} taken as false`, "false"],
  ];
}

/** The last name of what is called: `observe` for `this.#observer.observe(…)`. */
function calledIn(expression: ts.Expression): string {
  if (ts.isVoidExpression(expression)) return calledIn(expression.expression);
  if (!ts.isCallExpression(expression)) return "";
  const { expression: called } = expression;
  if (ts.isPropertyAccessExpression(called)) return called.name.text;
  return ts.isIdentifier(called) ? called.text : "";
}
