/** The heading of a page: the focus comes here when one arrives from another page of the shop. */
import type { ComponentChildren } from "preact";

export function Heading({ id, children }: { readonly id?: string; readonly children: ComponentChildren }) {
  return (
    <h1 id={id} tabIndex={-1}>
      {children}
    </h1>
  );
}
