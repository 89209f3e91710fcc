/**
 * The items of a JSON text, one at a time, each with the line it begins on: the elements of an array, the values
 * of JSON lines, or the elements of the one list that an object holds, as an API answers. Such an object is held
 * whole; of the others one item at a time is.
 */
import { messageOf, shortened } from "../../../core/errors.ts";
import { type Element, ElementScanner } from "./elements.ts";
import { InputFault } from "./input.ts";

export interface ListItem {
  /** Line on which it begins, from 1. */
  readonly line: number;
  readonly value: unknown;
}

/** Whether a text that begins so is JSON; else it is a table. */
export function beginsJson(text: string): boolean {
  return /^\s*[[{]/.test(text);
}

/** @throws {InputFault} `NAME:LINE: …` for text that is no JSON, or an object that holds several lists. */
export async function* itemsOf(name: string, text: AsyncIterable<string>): AsyncGenerator<ListItem> {
  const scanner = new ElementScanner(name);
  /** The first value of a text that is no array: whether it is the only one shows with the next. */
  let first: Element | null = null;
  let count = 0;
  const taken = function* (elements: readonly Element[]): Generator<ListItem> {
    for (const element of elements) {
      count += 1;
      if (!scanner.isArray && count === 1) {
        first = element;
        continue;
      }
      if (first !== null) yield parsed(name, first);
      first = null;
      yield parsed(name, element);
    }
  };
  for await (const stretch of text) yield* taken(scanner.push(stretch));
  const last = scanner.end();
  if (last !== null) yield* taken([last]);
  if (first !== null) yield* itemsWithin(name, first);
}

function parsed(name: string, { line, text }: Element): ListItem {
  try {
    return { line, value: JSON.parse(text) };
  } catch (error) {
    throw new InputFault(`${name}:${line}`, `expected JSON, got ${shortened(messageOf(error))}`);
  }
}

/** The elements of the list of objects that an object holds; an object that holds none is an item. */
function* itemsWithin(name: string, whole: Element): Generator<ListItem> {
  const { value } = parsed(name, whole);
  const lists = listsIn(name, whole).filter((items) => items.some(({ value }) => isObject(value)));
  if (lists.length > 1) {
    const sizes = lists.map(({ length }) => length).join(" and ");
    throw new InputFault(
      `${name}:${whole.line}`,
      `expected an object that holds one list of items, got lists of ${sizes}`,
    );
  }
  if (lists.length === 0) yield { line: whole.line, value };
  else yield* lists[0];
}

/** The lists that stand in an object, and in no other list. */
function listsIn(name: string, { line, text }: Element): readonly (readonly ListItem[])[] {
  const lists: (readonly ListItem[])[] = [];
  // Unrolled: a choice for each character of a long text would be more than a matcher can go back on.
  const marks = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]\n]/g;
  let at = line;
  let beganOn = line;
  let began = 0;
  let open = 0;
  for (const { 0: mark, index } of text.matchAll(marks)) {
    if (mark === "\n") at += 1;
    else if (mark === "[" && open++ === 0) [began, beganOn] = [index, at];
    else if (mark === "]" && --open === 0) {
      const elements = new ElementScanner(name, beganOn).push(text.slice(began, index + 1));
      lists.push(elements.map((element) => parsed(name, element)));
    }
  }
  return lists;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
