/** What texts ask for by an encoder's vectors beside words, as a device has it. */
import type { TextAnswer } from "../../core/encoder/answer.ts";
import { CatalogueMeanings } from "../../core/encoder/cataloguemeanings.ts";
import type { Encoder } from "../../core/encoder/encoder.ts";
import { encodeMeanings } from "../../core/encoder/meanings.ts";
import { quantizeRows } from "../../core/model/quantize.ts";
import type { ShopCard } from "./shop.ts";

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Tells what the items' vectors weigh, too. @param byWords what a text asks for by its words. */
export async function answersBy(
  encoder: Encoder,
  { cards, texts }: { readonly cards: readonly ShopCard[]; readonly texts: readonly string[] },
  byWords: (text: string) => TextAnswer | null,
): Promise<(text: string) => TextAnswer | null> {
  const { id: space, dim } = encoder;
  const vectors = await encoder.encode(cards.map(({ title }) => title));
  const asked = await encoder.encode(texts);
  await encoder.close();
  const rows = quantizeRows(vectors, cards.length, dim);
  const part = { items: cards.map(({ item }) => item), dim, space, rows };
  console.log(
    `\nvectors of ${cards.length} items by ${encoder.name}: ${megabytes(encodeMeanings(part).length)}`,
  );
  const meanings = new CatalogueMeanings(cards, part);
  return (text) => {
    const at = texts.indexOf(text);
    if (at < 0) throw new Error(`answersBy: expected a text that was encoded, got ${text}`);
    return meanings.answer(text, asked.subarray(at * dim, (at + 1) * dim), byWords(text));
  };
}
