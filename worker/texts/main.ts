/** The entry of words.js. A file of its own, loaded when somebody first searches or has said what they look for. */
import { Texts, type TextsParts } from "./texts.ts";

export function textsOf(parts: TextsParts): Texts {
  return new Texts(parts);
}
