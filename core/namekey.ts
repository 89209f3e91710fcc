/**
 * Names of categories, brands and other attributes as they are compared: neither case nor the spaces around
 * them count.
 */
export function nameKey(name: string): string {
  return name.trim().toLowerCase();
}
