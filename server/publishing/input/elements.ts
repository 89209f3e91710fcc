/**
 * Finds the elements of a JSON text by their brackets, a stretch of text at a time: those of an array where it
 * begins with one, else the values that stand one after the other (JSON lines). What is within an element is not
 * looked at: whoever parses it does.
 */
import { InputFault } from "./input.ts";

export interface Element {
  /** Line on which it begins, from 1. */
  readonly line: number;
  readonly text: string;
}

/** What is being read: between elements, within brackets, a string, or anything else (a number, a word). */
type Within = "nothing" | "brackets" | "string" | "bare";

/** No export nests deeper; whoever looks into an item may call itself for each level. */
const mostNested = 100;
/** Characters of an element, which is held whole: a file of an API's answer is one. */
const mostCharacters = 2 ** 28;

export class ElementScanner {
  readonly #name: string;
  #line: number;
  /** Null before the first character. */
  #isArray: boolean | null = null;
  #isEnded = false;
  /** What stood before: an array wants elements and commas in turn. */
  #before: "nothing" | "element" | "comma" = "nothing";
  #within: Within = "nothing";
  #beganOn = 0;
  #open = 0;
  #isInString = false;
  #isEscaped = false;
  /** What came of the element that is being read, in earlier stretches. */
  #pieces: string[] = [];
  #characters = 0;

  /** @param line on which the text begins. */
  constructor(name: string, line = 1) {
    this.#name = name;
    this.#line = line;
  }

  /** Whether the text is an array, once it has begun. */
  get isArray(): boolean {
    return this.#isArray === true;
  }

  /** The elements that end in a stretch. @throws {InputFault} for what does not belong between them. */
  push(stretch: string): readonly Element[] {
    const found: Element[] = [];
    let from = 0;
    for (let at = 0; at < stretch.length; at++) {
      const character = stretch[at];
      if (this.#within === "bare" && /[\s,\]}]/.test(character)) {
        found.push(this.#ended(stretch.slice(from, at)));
      }
      if (this.#within === "nothing") {
        if (this.#begins(character)) from = at;
      } else if (this.#ends(character)) {
        found.push(this.#ended(stretch.slice(from, at + 1)));
      }
      if (character === "\n") this.#line += 1;
    }
    if (this.#within !== "nothing") this.#hold(stretch.slice(from));
    return found;
  }

  /** The element that ends with the text. @throws {InputFault} when something is still open. */
  end(): Element | null {
    if (this.#within === "brackets" || this.#within === "string") {
      throw this.#fault(`expected the item to end, got the end of the text`, this.#beganOn);
    }
    const last = this.#within === "bare" ? this.#ended("") : null;
    if (this.#isArray === true && !this.#isEnded) throw this.#fault('expected "]", got the end of the text');
    return last;
  }

  /** Whether an element begins with the character that stands between elements. */
  #begins(character: string): boolean {
    if (/\s/.test(character)) return false;
    if (this.#isArray === null) {
      this.#isArray = character === "[";
      if (this.#isArray) return false;
    }
    if (this.#isEnded) throw this.#fault(`expected nothing after the list, got ${JSON.stringify(character)}`);
    if (this.#isArray && this.#isBetween(character)) return false;
    this.#within = character === '"' ? "string" : /[[{]/.test(character) ? "brackets" : "bare";
    this.#isInString = this.#within === "string";
    this.#open = 1;
    this.#beganOn = this.#line;
    return true;
  }

  /** Whether the character ends an array or parts its elements. */
  #isBetween(character: string): boolean {
    const got = JSON.stringify(character);
    if (character === "]" && this.#before !== "comma") this.#isEnded = true;
    else if (character === "," && this.#before === "element") this.#before = "comma";
    else if (character === "," || character === "]") throw this.#fault(`expected an item, got ${got}`);
    else if (this.#before === "element") throw this.#fault(`expected "," or "]" after an item, got ${got}`);
    else return false;
    return true;
  }

  /** Whether the element that is being read ends with the character. */
  #ends(character: string): boolean {
    if (this.#isInString) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (character === "\\") this.#isEscaped = true;
      else if (character === '"') this.#isInString = false;
      return !this.#isInString && this.#within === "string";
    }
    if (this.#within !== "brackets") return false;
    if (character === '"') this.#isInString = true;
    else if (character === "{" || character === "[") this.#open += 1;
    else if (character === "}" || character === "]") this.#open -= 1;
    if (this.#open > mostNested)
      throw this.#fault(`expected at most ${mostNested} levels in each other, got more`);
    return this.#open === 0;
  }

  #hold(piece: string): void {
    this.#pieces.push(piece);
    this.#characters += piece.length;
    if (this.#characters <= mostCharacters) return;
    throw this.#fault(`expected an item of at most ${mostCharacters} characters, got more`, this.#beganOn);
  }

  #ended(piece: string): Element {
    const text = [...this.#pieces, piece].join("");
    this.#pieces = [];
    this.#characters = 0;
    this.#within = "nothing";
    this.#before = "element";
    return { line: this.#beganOn, text };
  }

  #fault(what: string, line = this.#line): InputFault {
    return new InputFault(`${this.#name}:${line}`, what);
  }
}
