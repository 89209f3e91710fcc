/**
 * The gram matrix of a model, kept from one visit to the next (derived.ts): it costs more than all else that a
 * first shelf needs.
 */
import type { GramSum } from "../../core/ranking/gram.ts";
import type { PartStore } from "../store/keptmodel.ts";
import { keepDerived } from "./derived.ts";
import type { Model } from "./model.ts";

/** Puts the kept matrix into the model; false, and nothing changes, when it does not fit. */
export function takeGram(model: Model, bytes: Uint8Array): boolean {
  if (bytes.length % Float64Array.BYTES_PER_ELEMENT !== 0) return false;
  return gramSumOf(model).take(new Float64Array(bytes.slice().buffer));
}

export function keepGram(store: PartStore, model: Model, mayKeep: () => boolean): Promise<void> {
  const bytes = (): Uint8Array => new Uint8Array(gramSumOf(model).packed().buffer);
  return keepDerived(store, "gram", model.edition, { bytes, mayKeep });
}

/** Completes the matrix a piece at a time, and lets everything else that waits go before each. */
export async function completeGram(model: Model): Promise<void> {
  const gram = gramSumOf(model);
  const { port1, port2 } = new MessageChannel();
  try {
    while (!gram.isWhole) {
      await new Promise((resolve) => {
        port1.onmessage = resolve;
        port2.postMessage(null);
      });
      gram.step();
    }
  } finally {
    port1.close();
  }
}

function gramSumOf({ ranking }: Model): GramSum {
  return ranking.joint.gramSum;
}
