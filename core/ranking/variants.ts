/** Variants of one product, in sizes and colours, count once in a list. */

/** Of rows in their order those whose group did not come before, and is not in `own`; a row without one stays. */
export function oncePerGroup(
  rows: Uint32Array,
  groupOf: (row: number) => string | undefined,
  own: ReadonlySet<string>,
): Uint32Array {
  const listed = new Set(own);
  return rows.filter((row) => {
    const group = groupOf(row);
    if (group === undefined) return true;
    if (listed.has(group)) return false;
    listed.add(group);
    return true;
  });
}
