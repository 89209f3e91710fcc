/**
 * Amounts of money as people and systems write them: `12.99`, `12,99 €`, `USD 1,299.00`, `1.299,00`, `CHF 1'299.–`.
 *
 * Which mark parts the decimals is told by the amount itself: the last of two kinds, one that does not stand before
 * exactly three digits, or a point in a bare number. `1,299` alone may be either, and is no amount until somebody
 * says which (https://www.unicode.org/cldr/charts/latest/by_type/numbers.symbols.html has both for many regions).
 */

export type DecimalMark = "." | ",";

export function isDecimalMark(text: string): text is DecimalMark {
  return text === "." || text === ",";
}

export type Amount =
  | { readonly ok: true; readonly amount: number }
  /** `ambiguous`: right by either mark, and different. */
  | { readonly ok: false; readonly because: "no amount" | "ambiguous" };

const noAmount: Amount = { ok: false, because: "no amount" };

/** @param mark what parts the decimals, where somebody said it. */
export function amountOf(text: string, mark?: DecimalMark): Amount {
  const parts = amount.exec(text.trim())?.groups;
  if (parts === undefined) return noAmount;
  const { before = "", sign = "", digits = "", after = "" } = parts;
  if (!isCurrency(before) || !isCurrency(after) || (before !== "" && after !== "")) return noAmount;
  const bare = before === "" && after === "";
  const plain = digits.replaceAll(/[\s'’]/g, "").replace(/[.,](?:-{1,2}|[–—])$/, "");
  const decimals = markIn(plain, bare, mark);
  if (decimals === "ambiguous") return { ok: false, because: "ambiguous" };
  const value = numberOf(plain, decimals);
  return value === null ? noAmount : { ok: true, amount: sign === "" ? value : -value };
}

const amount =
  /^(?<before>[\p{L}\p{Sc}.]*)\s*(?<sign>[-−]?)\s*(?<digits>\d[\d.,\s'’]*?(?:[.,](?:-{1,2}|[–—]))?)\s*(?<after>[\p{L}\p{Sc}.]*)$/u;

/** A sign, a code of three letters, or what people call it for short (kr, zł, Fr.). */
function isCurrency(text: string): boolean {
  return text === "" || /^(?:\p{L}{0,3}\p{Sc}|\p{L}{2,3}\.?)$/u.test(text);
}

function markIn(digits: string, isBare: boolean, said?: DecimalMark): DecimalMark | null | "ambiguous" {
  const marks = digits.match(/[.,]/g) ?? [];
  const [first] = marks;
  if (first === undefined) return null;
  const last = marks[marks.length - 1];
  if (first !== last) return last as DecimalMark;
  if (marks.length > 1) return null;
  if (said !== undefined) return said === first ? said : null;
  // A bare number with a point is one as programs write it.
  if (isBare && first === ".") return ".";
  return /^[1-9]\d{0,2}[.,]\d{3}$/.test(digits) ? "ambiguous" : (first as DecimalMark);
}

/** Null where what is no decimal mark does not part thousands. */
function numberOf(digits: string, mark: DecimalMark | null): number | null {
  const [whole, decimals = "", ...more] = mark === null ? [digits] : digits.split(mark);
  if (more.length > 0 || !/^\d*$/.test(decimals)) return null;
  // Also in lakhs: 1,00,000.
  if (!/^(?:\d+|\d{1,3}([.,])(?:\d{2,3}\1)*\d{3})$/.test(whole)) return null;
  return Number(`${whole.replaceAll(/[.,]/g, "")}.${decimals === "" ? "0" : decimals}`);
}
