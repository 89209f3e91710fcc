import { readFileSync } from "node:fs";
import ts from "typescript";

/** Examples by method: `@example` in the comment before each member of `Tacit`. */
export const examples: ReadonlyMap<string, string> = (() => {
  const source = ts.createSourceFile(
    "types.ts",
    readFileSync(new URL("../../sdk/types.ts", import.meta.url), "utf8"),
    ts.ScriptTarget.ESNext,
    true,
  );
  const found = new Map<string, string>();
  for (const statement of source.statements) {
    if (!ts.isInterfaceDeclaration(statement) || statement.name.text !== "Tacit") continue;
    for (const member of statement.members.filter(ts.isMethodSignature)) {
      const tag = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === "example");
      found.set(member.name.getText(source), ts.getTextOfJSDocComment(tag?.comment) ?? "");
    }
  }
  return found;
})();
