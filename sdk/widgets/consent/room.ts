/**
 * Room for a banner that lies over the lower edge: what gets the focus is scrolled above it, and a page can be
 * scrolled far enough for its last line. What is in view does not move.
 */

/** @returns what gives the room back. */
export function makeRoomFor(banner: HTMLElement): () => void {
  const { style } = document.documentElement;
  const before = [style.scrollPaddingBlockEnd, style.marginBlockEnd] as const;
  const observer = new ResizeObserver(() => {
    const covered = `${Math.ceil(Math.max(0, innerHeight - banner.getBoundingClientRect().top))}px`;
    style.scrollPaddingBlockEnd = covered;
    style.marginBlockEnd = covered;
  });
  observer.observe(banner);
  return () => {
    observer.disconnect();
    [style.scrollPaddingBlockEnd, style.marginBlockEnd] = before;
  };
}

/** Where the focus goes when what had it is taken away: back where it came from, else to what comes next. */
export function focusAfter(gone: Element, before: Element | null): void {
  const all = document.querySelectorAll<HTMLElement>(
    "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex^='-'])",
  );
  const isNext = (each: Element): boolean =>
    (gone.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING) > 0;
  const candidates = [
    ...(before instanceof HTMLElement ? [before] : []),
    ...[...all].filter(isNext),
    ...[...all].filter((each) => !isNext(each)),
  ];
  for (const each of candidates) {
    each.focus({ preventScroll: true });
    // What is hidden or disabled does not take it.
    if (each.matches(":focus-within")) return;
  }
}
