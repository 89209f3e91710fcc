/** Variants of one product, in sizes and colours, count once among those that stand for a text. */

/** Of rows in their order those whose group did not come before; a row without one stays. */
export function oncePerGroup(rows: Uint32Array, groupOf: (row: number) => string | undefined): Uint32Array {
  const listed = new Set<string>();
  return rows.filter((row) => {
    const group = groupOf(row);
    if (group === undefined) return true;
    if (listed.has(group)) return false;
    listed.add(group);
    return true;
  });
}
