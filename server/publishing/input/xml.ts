/**
 * The entries of an XML feed, RSS 2.0 (`item`) or Atom (`entry`), each with the texts of its elements by their local
 * names; a name that stands several times has a list. Read by htmlparser2, a stretch at a time.
 */
import { Parser } from "htmlparser2";
import { InputFault } from "./input.ts";

export interface Entry {
  /** Line on which it begins, from 1. */
  readonly line: number;
  readonly values: Readonly<Record<string, string | readonly string[]>>;
}

/** Whether a text that begins so is XML. */
export function beginsXml(text: string): boolean {
  return /^\s*<(?:\?xml|rss|feed|!DOCTYPE\s+(?:rss|feed))/i.test(text);
}

/** The encoding that an XML declaration says; null where there is none. */
export function declaredEncoding(first: Uint8Array): string | null {
  const text = Buffer.from(first).toString("latin1");
  return /^<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(text)?.[1] ?? null;
}

/** Elements within each other: markup in a text may have some that nothing ends. */
const mostNested = 1000;
/** Characters of an entry, which is held whole. */
const mostCharacters = 1 << 24;

/** @throws {InputFault} for text that ends within an entry, an entry beyond all bounds, and a feed without any. */
export async function* entriesOf(name: string, text: AsyncIterable<string>): AsyncGenerator<Entry> {
  const reader = new EntryReader(name);
  for await (const stretch of text) {
    reader.push(stretch);
    yield* reader.take();
  }
  reader.end();
  yield* reader.take();
  if (reader.openOn !== null) {
    throw new InputFault(`${name}:${reader.openOn}`, "expected the entry to end, got the end of the text");
  }
  if (reader.count === 0) throw new InputFault(name, "expected entries (item or entry), got none");
}

const entryNames: ReadonlySet<string> = new Set(["item", "entry"]);

class EntryReader {
  readonly #parser: Parser;
  #entries: Entry[] = [];
  #count = 0;
  #line = 1;
  #read = 0;
  #deep = 0;
  #characters = 0;
  /** Offsets of line ends that stand after `#line` began. */
  #lineEnds: number[] = [];
  /** Null outside of entries. */
  #open: { readonly line: number; readonly values: Map<string, string[]> } | null = null;
  /** The element of an entry that is being read, and how deep within it. */
  #element: { readonly name: string; text: string; deep: number } | null = null;

  /** @param where names the text in complaints. */
  constructor(where: string) {
    this.#parser = new Parser(
      {
        onopentag: (name, { href }) => {
          this.#deep += 1;
          if (this.#deep > mostNested)
            this.#refuse(where, `at most ${mostNested} elements within each other`);
          this.#begin(localName(name), href ?? "");
        },
        onclosetag: (name) => {
          this.#deep -= 1;
          this.#close(localName(name));
        },
        ontext: (text) => {
          if (this.#element === null) return;
          this.#element.text += text;
          this.#characters += text.length;
          if (this.#characters > mostCharacters)
            this.#refuse(where, `an entry of at most ${mostCharacters} characters`);
        },
      },
      { xmlMode: true },
    );
  }

  get count(): number {
    return this.#count;
  }

  /** Line on which an entry began that has not ended; null where none is open. */
  get openOn(): number | null {
    return this.#open?.line ?? null;
  }

  push(stretch: string): void {
    for (let at = stretch.indexOf("\n"); at >= 0; at = stretch.indexOf("\n", at + 1)) {
      this.#lineEnds.push(this.#read + at);
    }
    this.#read += stretch.length;
    this.#parser.write(stretch);
    this.#lineNow();
  }

  /** What the end of the text would close does not count as closed. */
  end(): void {
    const open = this.#open;
    this.#parser.end();
    if (open !== null) this.#open = open;
  }

  take(): readonly Entry[] {
    const entries = this.#entries;
    this.#entries = [];
    return entries;
  }

  #refuse(where: string, expected: string): never {
    throw new InputFault(`${where}:${this.#lineNow()}`, `expected ${expected}, got more`);
  }

  #begin(name: string, href: string): void {
    if (this.#element !== null) this.#element.deep += 1;
    else if (this.#open !== null) this.#element = { name, text: href, deep: 0 };
    else if (entryNames.has(name)) {
      this.#open = { line: this.#lineNow(), values: new Map() };
      this.#characters = 0;
    }
  }

  #close(name: string): void {
    if (this.#element !== null) {
      this.#element.deep -= 1;
      if (this.#element.deep >= 0) return;
      const { name: of, text } = this.#element;
      this.#element = null;
      const said = this.#open?.values.get(of);
      if (said === undefined) this.#open?.values.set(of, [text.trim()]);
      else said.push(text.trim());
    } else if (this.#open !== null && entryNames.has(name)) {
      const { line, values } = this.#open;
      const told = [...values].map(([of, texts]) => [of, texts.length === 1 ? texts[0] : texts]);
      this.#entries.push({ line, values: Object.fromEntries(told) });
      this.#count += 1;
      this.#open = null;
    }
  }

  #lineNow(): number {
    const passed = this.#lineEnds.findIndex((end) => end >= this.#parser.startIndex);
    const gone = passed < 0 ? this.#lineEnds.length : passed;
    this.#line += gone;
    this.#lineEnds = this.#lineEnds.slice(gone);
    return this.#line;
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
