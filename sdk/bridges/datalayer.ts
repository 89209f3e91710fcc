/**
 * Takes what a page pushes into its data layer (Google Tag Manager's, or gtag's), so that a shop that is
 * measured already need not say anything twice:
 *
 *     dataLayer.push({ event: "view_item", ecommerce: { items: [{ item_id: "84879" }] } });
 *     gtag("event", "add_to_cart", { items: [{ item_id: "84879", quantity: 2 }] });
 *
 * What was pushed before is taken too. Tag Manager puts a `push` of its own in the place of the array's, before
 * or after this one: each calls the one it found, so that both hear everything once.
 */
import { enhancedEvents, ga4Events } from "../../core/events/standards/ga4.ts";
import { fieldsIn, type StandardEvent, type StandardOptions } from "../../core/events/standards/product.ts";
import { segmentEvents } from "../../core/events/standards/segment.ts";
import { attempt, type Stop } from "./attempt.ts";
import { type Tracking, tell } from "./tell.ts";

export interface DataLayerOptions extends StandardOptions {
  /** Name of the global array; `dataLayer` unless the site calls it otherwise. */
  readonly name?: string;
}

/** What is pushed: an object, or the arguments of a call of `gtag`. */
export type Pushed = (entry: unknown) => void;

/**
 * Hears what is in the array of that name, and what is pushed into it from now on.
 *
 * @throws {TypeError} where something else has that name.
 */
export function onPush(name: string, heard: Pushed): Stop {
  const host = globalThis as unknown as Record<string, unknown>;
  const found = host[name] ?? [];
  if (!Array.isArray(found)) throw new TypeError(`${name}: expected an array, got ${typeof found}`);
  const layer: unknown[] = found;
  host[name] = layer;
  let isStopped = false;
  const hear = (entry: unknown): void => {
    if (!isStopped) attempt(() => heard(entry));
  };
  for (const entry of [...layer]) hear(entry);
  const push = layer.push;
  const isOwn = Object.hasOwn(layer, "push");
  const hearing = function (this: unknown, ...entries: unknown[]): number {
    for (const entry of entries) hear(entry);
    return Reflect.apply(push, this ?? layer, entries);
  };
  layer.push = hearing;
  return () => {
    isStopped = true;
    // Whoever put another in its place calls this one, and so the one before.
    if (layer.push !== hearing) return;
    if (isOwn) layer.push = push;
    else Reflect.deleteProperty(layer, "push");
  };
}

/**
 * @example
 * fromDataLayer(tacit);
 * fromDataLayer(tacit, { name: "shopLayer", id: ["item_variant_id", "item_id"], firstIndex: 1 });
 */
export function fromDataLayer(
  tacit: Tracking,
  { name = "dataLayer", ...options }: DataLayerOptions = {},
): Stop {
  return onPush(name, (entry) => tell(tacit, pushedEvents(entry, options)));
}

/** The events that an entry of a data layer is. */
export function pushedEvents(entry: unknown, options: StandardOptions = {}): readonly StandardEvent[] {
  const call = callIn(entry);
  if (call !== null) {
    const [command, name, parameters] = call;
    return command === "event" ? named(name, parameters, options) : [];
  }
  const { event, ecommerce, ...rest } = fieldsIn(entry);
  const hasItems = Array.isArray(fieldsIn(ecommerce).items);
  const events = named(
    event,
    hasItems || !("items" in rest) ? { ...rest, ...fieldsIn(ecommerce) } : rest,
    options,
  );
  // Of a push in both forms the newer one counts.
  return hasItems ? events : [...events, ...enhancedEvents(ecommerce, options)];
}

function named(name: unknown, parameters: unknown, options: StandardOptions): readonly StandardEvent[] {
  if (typeof name !== "string") return [];
  return ga4Events(name, parameters, options) ?? segmentEvents(name, parameters, options) ?? [];
}

/** `gtag` pushes its `arguments`, which are no array. */
export function callIn(entry: unknown): readonly unknown[] | null {
  if (Object.prototype.toString.call(entry) !== "[object Arguments]") return null;
  return Array.from(entry as ArrayLike<unknown>);
}
