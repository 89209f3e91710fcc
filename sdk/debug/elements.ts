/** Elements for the overlay: made one by one, so that no text of a site or a server is ever read as markup. */

type Child = Node | string;

/** An element with attributes and what is in it; texts stay texts. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A table whose first row names the columns; `none` stands for one without rows. */
export function table(
  columns: readonly string[],
  rows: readonly (readonly Child[])[],
  none: string,
): HTMLElement {
  if (rows.length === 0) return element("p", {}, none);
  const cells = (kind: "th" | "td", row: readonly Child[]): HTMLElement =>
    element("tr", {}, ...row.map((cell) => element(kind, kind === "th" ? { scope: "col" } : {}, cell)));
  return element(
    "table",
    {},
    element("thead", {}, cells("th", columns)),
    element("tbody", {}, ...rows.map((row) => cells("td", row))),
  );
}

/** What is said of what, line by line. */
export function lines(entries: readonly (readonly [string, Child])[]): HTMLElement {
  return element(
    "dl",
    {},
    ...entries.flatMap(([what, says]) => [element("dt", {}, what), element("dd", {}, says)]),
  );
}

/** Has exactly these in a parent, in this order, and leaves alone what is there already. */
export function arrange(parent: Element, nodes: readonly Element[]): void {
  for (const child of [...parent.children]) if (!nodes.includes(child)) child.remove();
  nodes.forEach((node, at) => {
    if (parent.children[at] !== node) parent.insertBefore(node, parent.children[at] ?? null);
  });
}
