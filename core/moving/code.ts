/**
 * Bytes as a code that a person copies or reads out: Crockford's base 32
 * (https://www.crockford.com/base32.html) in groups of five. I and L are read as 1, O as 0; case, white space and
 * dashes do not matter. What is not a whole byte at its end is zero.
 */

const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const groupLength = 5;
/** Nobody pastes more on purpose. */
const mostCharacters = 1_000;

export function codeText(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = held * 256 + byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += digits[Math.floor(held / 2 ** bits)];
      held %= 2 ** bits;
    }
  }
  if (bits > 0) text += digits[held * 2 ** (5 - bits)];
  return text.replace(new RegExp(`.{${groupLength}}(?=.)`, "g"), "$&-");
}

/** The bytes of a code; null for what is none. */
export function parseCode(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length > mostCharacters) return null;
  const plain = text.toUpperCase().replaceAll(/[\s-]/g, "").replaceAll(/[IL]/g, "1").replaceAll("O", "0");
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const character of plain) {
    const digit = digits.indexOf(character);
    if (digit < 0) return null;
    held = held * 32 + digit;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push(Math.floor(held / 2 ** bits));
    held %= 2 ** bits;
  }
  return held === 0 && bits < 5 ? Uint8Array.from(bytes) : null;
}
