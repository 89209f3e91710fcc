/** Elements made by hand: attributes and text, never HTML, so that nothing a catalogue says becomes markup. */

type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

/**
 * An element with attributes and children. What is false, null or undefined is left out; true is an attribute
 * without a value. Texts become text nodes.
 */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, `${value}`);
  }
  element.append(...children);
  return element;
}

/** A button that does something. */
export function button(attributes: Attributes, label: string | Node, act: () => void): HTMLButtonElement {
  const made = make("button", { type: "button", ...attributes }, label);
  made.addEventListener("click", act);
  return made;
}

/** A title or another text of the site's within a sentence: it keeps its own direction (UAX #9, isolates). */
export function isolated(text: string): string {
  return `\u2068${text.replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, "")}\u2069`;
}
