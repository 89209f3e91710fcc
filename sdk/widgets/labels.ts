/** What a site calls its categories in the language of the page: `labels="Garden=Garten,Textiles=Textilien"`. */

/** The name to show for each category that has one. */
export function labelsIn(attribute: string | null): ReadonlyMap<string, string> {
  const pairs = (attribute ?? "").split(",").flatMap((each) => {
    const at = each.indexOf("=");
    const [name, label] = [each.slice(0, Math.max(at, 0)).trim(), each.slice(at + 1).trim()];
    return name === "" || label === "" ? [] : [[name, label] as const];
  });
  return new Map(pairs);
}
