/**
 * The gram matrix of a model, kept from one visit to the next: it costs more than all else that a first shelf
 * needs, and is the same as long as the edition is. It says nothing about the person. It stands among the parts
 * under the edition's name, so that it goes when another edition is kept; a hash before the numbers tells
 * whether they are those that were written.
 */
import type { GramSum } from "../../core/ranking/gram.ts";
import { sha256 } from "../digest.ts";
import type { PartStore } from "../store/keptmodel.ts";
import type { Model } from "./model.ts";

const hashBytes = 32;

/** Puts the kept matrix into the model; false when there is none that fits. */
export async function takeKeptGram(store: PartStore, model: Model): Promise<boolean> {
  const bytes = await store.part(nameOf(model));
  if (bytes === null || bytes.length < hashBytes) return false;
  const numbers = bytes.slice(hashBytes);
  const hash = await sha256(numbers);
  if (!hash.every((byte, at) => byte === bytes[at])) return false;
  if (numbers.length % Float64Array.BYTES_PER_ELEMENT !== 0) return false;
  return gramSumOf(model).take(new Float64Array(numbers.buffer));
}

/** Keeps it beside its edition; nothing where that is not kept, or once `mayKeep` says no. */
export async function keepGram(store: PartStore, model: Model, mayKeep: () => boolean): Promise<void> {
  if ((await store.edition())?.sequence !== model.edition.sequence) return;
  const packed = gramSumOf(model).packed();
  const numbers = new Uint8Array(packed.buffer);
  const bytes = new Uint8Array(hashBytes + numbers.length);
  bytes.set(await sha256(numbers));
  bytes.set(numbers, hashBytes);
  if (mayKeep()) await store.keepPart(nameOf(model), bytes);
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

function nameOf({ edition }: Model): string {
  return `gram-${edition.id}`;
}
