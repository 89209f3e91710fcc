/** What texts ask for by an encoder's vectors: the cosine of the text's vector with each title's. */
import type { Encoder } from "../../core/encoder/encoder.ts";
import type { TextAnswer } from "../../core/encoder/words/catalogue.ts";

export async function answersBy(
  encoder: Encoder,
  titles: readonly string[],
  texts: readonly string[],
): Promise<(text: string) => TextAnswer | null> {
  const items = await encoder.encode(titles);
  const asked = await encoder.encode(texts);
  await encoder.close();
  const { dim } = encoder;
  return (text) => {
    const from = texts.indexOf(text) * dim;
    if (from < 0) return null;
    const scores = Float64Array.from(titles, (_, row) => {
      let cosine = 0;
      for (let k = 0; k < dim; k++) cosine += asked[from + k] * items[row * dim + k];
      return cosine > 0 ? cosine : Number.NaN;
    });
    const matchesOf = (row: number) => [{ asked: text, found: titles[row], contribution: scores[row] }];
    return { scores, matchesOf };
  };
}
