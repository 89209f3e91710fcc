/** Bytes as lines of hexadecimal: offset, then eight bytes. */

/** The first `count` bytes, eight to a line: "0008  de ad be ef 00 01 02 03". */
export function hexLines(bytes: Uint8Array, count: number): readonly string[] {
  const lines: string[] = [];
  const end = Math.min(count, bytes.length);
  for (let start = 0; start < end; start += 8) {
    const cells = [...bytes.subarray(start, Math.min(start + 8, end))].map((byte) => hex(byte, 2));
    lines.push(`${hex(start, 4)}  ${cells.join(" ")}`);
  }
  return lines;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
