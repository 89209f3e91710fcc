/**
 * What was counted in this page view: each kind of event once for each item in each list.
 *
 * A page view is the time at one address: path, query, and a hash that is a route, which begins with `#/` or
 * `#!`. Any other hash is a place within the page. Who comes back to an address begins a page view again.
 */

export type Address = Pick<Location, "pathname" | "search" | "hash">;

export class PageView {
  #address = "";
  #counted = new Set<string>();

  /** The page is at this address now; says whether it was at another before. */
  visit(at: Address): boolean {
    const address = addressOf(at);
    const isAnother = address !== this.#address;
    if (isAnother) this.forget();
    this.#address = address;
    return isAnother;
  }

  /** True for what has not been counted at this address since it was come to. */
  isNew(at: Address, ...what: readonly (string | undefined)[]): boolean {
    this.visit(at);
    const key = JSON.stringify(what);
    if (this.#counted.has(key)) return false;
    this.#counted.add(key);
    return true;
  }

  /** Everything counts once more. */
  forget(): void {
    this.#counted = new Set();
  }
}

export function addressOf({ pathname, search, hash }: Address): string {
  return pathname + search + (/^#[/!]/.test(hash) ? hash : "");
}
