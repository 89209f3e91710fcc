/**
 * What the page shows of experiments: the arms that this device is in, as the worker says, and their copy where
 * the next page finds it at once. That an arm is asked for is what the worker is told: it was shown then.
 *
 * Only while the person contributes: otherwise everybody sees what nobody is asked about, and the copy goes.
 */
import { sessionGapMs } from "../../core/profile/sessions.ts";
import type { PageArms } from "../../worker/api.ts";
import { armIn, armsKey } from "../arms.ts";
import { type TextStore, valueIn } from "../page.ts";

export interface VariantsParts {
  readonly store: TextStore;
  /** Of the page, from its "/": where it is now. */
  readonly path: () => string;
  /** Whether the person contributes. */
  readonly isPermitted: () => boolean;
  /** The arm of this experiment was asked for here, at that time. */
  readonly onShown: (experiment: string, atMs: number) => void;
}

export class Variants {
  readonly #parts: VariantsParts;
  /** When the worker was told last, by experiment. */
  readonly #toldMs = new Map<string, number>();

  constructor(parts: VariantsParts) {
    this.#parts = parts;
  }

  /** @param args the experiment's name, and what the page shows without an arm. */
  of([name, fallback]: readonly unknown[], atMs: number): unknown {
    const { store, path, isPermitted, onShown } = this.#parts;
    if (!isPermitted()) return fallback;
    const { arm, value = fallback, pages } = armIn(valueIn(store.read(armsKey)), name);
    const experiment = String(name);
    const isHere = pages?.some((beginning) => path().startsWith(beginning)) ?? true;
    const isTold = atMs - (this.#toldMs.get(experiment) ?? 0) < sessionGapMs;
    if (arm !== undefined && isHere && !isTold) {
      this.#toldMs.set(experiment, atMs);
      onShown(experiment, atMs);
    }
    return value;
  }

  learn(arms: PageArms): void {
    const { store, isPermitted } = this.#parts;
    if (isPermitted() && Object.keys(arms).length > 0) store.write(armsKey, JSON.stringify(arms));
    else this.forget();
  }

  forget(): void {
    this.#parts.store.remove(armsKey);
  }
}
