/**
 * What sort of device a page is shown on, as coarse as shops tell them apart. It is worked out on the device, by what
 * is usual rather than by the browser's name, which tablets borrow from desktops (Safari on iPadOS says that it is on
 * a Mac). From 600 pixels of CSS on a touch screen is a tablet's: Android's bound for layouts of tablets (sw600dp).
 */
export const deviceClasses = ["phone", "tablet", "desktop"] as const;

export type DeviceClass = (typeof deviceClasses)[number];

/** How exact the main pointer is (CSS Media Queries 4, 6.1); "none" on a television, say. */
export type Pointer = "coarse" | "fine" | "none";

const leastTabletPx = 600;

/**
 * Null where nobody could say.
 *
 * @param shorterSidePx of the screen, in pixels of CSS: it stays the same however the screen is held.
 */
export function deviceClassOf(pointer: Pointer, shorterSidePx: number): DeviceClass | null {
  if (pointer === "fine") return "desktop";
  if (pointer === "none" || !(shorterSidePx > 0)) return null;
  return shorterSidePx < leastTabletPx ? "phone" : "tablet";
}
