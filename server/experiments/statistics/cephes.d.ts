/**
 * What is used of the package `cephes`, whose package.json does not tell where its types are. Not by `paths` of a
 * tsconfig.json: what runs TypeScript as it is takes these for where the code is, too.
 */
declare module "cephes" {
  /** Resolves when the functions may be called. */
  export const compiled: Promise<void>;
  export function ndtr(a: number): number;
  export function ndtri(y0: number): number;
  export function incbet(aa: number, bb: number, xx: number): number;
  export function incbi(aa: number, bb: number, yy0: number): number;
  export function igamc(a: number, x: number): number;
  export function lgam(x: number): number;
  export function lbeta(a: number, b: number): number;
}
