/**
 * What part each source has in a person's score: what the edition says, as the decision matrix
 * (core/choosing) changes it for a person of whom so much is known. Nothing but the model and the person's
 * tastes decides, so that gate and benches choose as devices do.
 *
 * Parts are 0 or above and sum to 1. What has nothing to say for anybody, or by pairs for this person, has none.
 */
import { chosenRow } from "../choosing/decide.ts";
import { type DeviceProfile, deviceProfileOf } from "../choosing/deviceprofile.ts";
import { type DeviceChoice, type DeviceRowName, deviceRows } from "../choosing/matrix.ts";
import type { TasteRows } from "../foldin.ts";
import type { RankingModel } from "./model.ts";
import type { FoldingRows } from "./shortcontent.ts";

export interface Parts {
  /** By joint rows: content and factors. */
  readonly joint: number;
  readonly pairs: number;
  /** By what is wanted lately, and always. */
  readonly lately: number;
  readonly always: number;
}

export interface Chosen {
  /** What people are folded in on; made when it is first asked for. */
  readonly joint: FoldingRows;
  readonly profile: DeviceProfile;
  /** Name of the row of the matrix. */
  readonly row: DeviceRowName;
  readonly parts: Parts;
}

/** What of a model has parts, and how much the edition gives each. */
interface ModelParts extends Pick<RankingModel, "always"> {
  readonly pairs: Pick<NonNullable<RankingModel["pairs"]>, "listed" | "weight"> | null;
  readonly recent: Pick<NonNullable<RankingModel["recent"]>, "weight"> | null;
}

/** @param facts how many things the person said they like. */
export function chosenFor(
  model: ModelParts & Pick<RankingModel, "joint" | "jointForFew" | "waiting">,
  tastes: TasteRows,
  facts = 0,
): Chosen {
  const learned = { listed: model.pairs?.listed ?? null, waiting: model.waiting };
  const profile = deviceProfileOf(learned, tastes, facts);
  const { name, choice } = chosenRow(deviceRows, { ...profile });
  return {
    ...{ profile, row: name, parts: partsBy(choice, model, profile) },
    get joint() {
      return choice.content === "short" ? (model.jointForFew ?? model.joint) : model.joint;
    },
  };
}

function partsBy(choice: DeviceChoice, model: ModelParts, { onPairs }: DeviceProfile): Parts {
  const pairs = onPairs > 0 ? (model.pairs?.weight ?? 0) : 0;
  const lately = model.recent?.weight ?? 0;
  const always = model.always === null ? 0 : lately > 0 ? choice.alwaysBesideLately : choice.always;
  // What the edition says alone, and what the matrix adds to it, may be more than all.
  const over = Math.max(1, pairs + lately + always);
  const parts = { pairs: pairs / over, lately: lately / over, always: always / over };
  return { ...parts, joint: Math.max(0, 1 - parts.pairs - parts.lately - parts.always) };
}
