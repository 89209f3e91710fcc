/**
 * How the overlay looks, whatever the page does: a sheet at the bottom of a phone, a panel in the corner of
 * anything wider.
 */

const css = `
:host {
  all: initial !important;
  position: fixed !important;
  inset: auto 0 0 0 !important;
  z-index: 2147483647 !important;
  display: block !important;
  direction: ltr !important;
  color-scheme: light dark !important;
  --ground: #fff;
  --ink: #1c1c1e;
  --quiet: #5a5a60;
  --line: #d8d8dc;
  --bar: #f2f2f4;
  --mark: #0b57d0;
  --alarm: #a50e0e;
}
@media (prefers-color-scheme: dark) {
  :host {
    --ground: #1b1b1d;
    --ink: #ececee;
    --quiet: #a5a5ac;
    --line: #3c3c40;
    --bar: #28282b;
    --mark: #a8c7fa;
    --alarm: #f6aea9;
  }
}
* { box-sizing: border-box; }
section {
  display: flex;
  flex-direction: column;
  max-height: 55vh;
  max-height: 55dvh;
  font: 13px/1.45 system-ui, sans-serif;
  color: var(--ink);
  background: var(--ground);
  border-top: 1px solid var(--line);
  box-shadow: 0 -2px 16px #0003;
  overflow-wrap: anywhere;
}
header { display: flex; align-items: center; gap: 8px; padding: 4px 4px 4px 12px; background: var(--bar); }
h2 { flex: 1; margin: 0; font-size: 14px; }
h2 small { margin-left: 4px; font-weight: normal; color: var(--quiet); }
h3 { margin: 12px 0 4px; font-size: 13px; }
button {
  min-width: 44px;
  min-height: 36px;
  padding: 4px 10px;
  font: inherit;
  color: var(--ink);
  background: none;
  border: 1px solid var(--line);
  border-radius: 6px;
  cursor: pointer;
}
button:hover { background: var(--ground); }
:focus-visible { outline: 2px solid var(--mark); outline-offset: -2px; }
main { overflow: auto; overscroll-behavior: contain; padding-bottom: env(safe-area-inset-bottom, 0); }
main[hidden] { display: none; }
main > details { border-top: 1px solid var(--line); }
main > details > :not(summary) { padding: 0 12px 12px; }
summary { padding: 8px 12px; cursor: pointer; }
summary b { margin-right: 6px; }
summary span { color: var(--quiet); }
.alarm > summary span, .why { color: var(--alarm); }
p { margin: 4px 0; }
table { width: 100%; border-collapse: collapse; }
th { font-weight: normal; color: var(--quiet); }
th, td { padding: 3px 8px 3px 0; text-align: left; vertical-align: top; }
td { border-top: 1px solid var(--line); }
th, td:first-child, .kind { white-space: nowrap; }
td:first-child, .number { font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 12px; margin: 0; }
dt { color: var(--quiet); }
dd { margin: 0; }
code { font: 12px/1.4 ui-monospace, monospace; }
.list > summary { padding: 6px 0; }
ol, ul { margin: 0 0 6px; padding-left: 26px; }
ul { padding-left: 14px; list-style: none; color: var(--quiet); font-variant-numeric: tabular-nums; }
form { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin: 4px 0 8px; }
input { min-height: 36px; padding: 4px 8px; font: inherit; color: var(--ink); background: var(--ground); border: 1px solid var(--quiet); border-radius: 6px; }
tr:last-child > .sum { font-weight: bold; }
@media (min-width: 700px) {
  :host { inset: auto 16px 16px auto !important; width: 480px !important; }
  section {
    max-height: min(720px, 100vh - 32px);
    border: 1px solid var(--line);
    border-radius: 10px;
    overflow: hidden;
    box-shadow: 0 4px 24px #0004;
  }
}
:host([data-alone]) { position: static !important; width: auto !important; }
:host([data-alone]) section { max-height: none; min-height: 100vh; border: 0; border-radius: 0; box-shadow: none; }
`;

/**
 * Styles a shadow tree without an inline style, which a page's policy may forbid. A sheet belongs to one document: a
 * tree that has moved to another is styled again.
 */
export function styleIn(root: ShadowRoot): void {
  try {
    const sheet = new (root.ownerDocument.defaultView ?? window).CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {
    // Before Safari 16.4, and in documents of other making: an element, with the page's nonce where it has one.
    if (root.querySelector("style") !== null) return;
    const style = document.createElement("style");
    const nonce = document.querySelector<HTMLElement>("script[nonce]")?.nonce;
    if (nonce) style.nonce = nonce;
    style.textContent = css;
    root.append(style);
  }
}
