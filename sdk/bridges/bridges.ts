/**
 * Entry of dist/sdk/bridges.js and of `tacit-sdk/bridges`: what a site says already, to others, is heard by Tacit
 * too. Events from a data layer, from Segment and from structured data; choices from consent tools.
 */
export type { StandardOptions } from "../../core/events/standards/product.ts";
export { type Emitter, fromSegment } from "./analytics.ts";
export type { Stop } from "./attempt.ts";
export type { Permitting } from "./choices.ts";
export { type ConsentModeOptions, fromConsentMode } from "./consentmode.ts";
export { type DataLayerOptions, fromDataLayer } from "./datalayer.ts";
export { fromProductData, type ProductDataOptions } from "./productdata.ts";
export { fromTcf, type TcfApi } from "./tcf.ts";
export type { Tracking } from "./tell.ts";
