/**
 * Stages: what changes the scores before the best are taken. A learned ranker and a diversity stage go into
 * the list below, and are then in force on every device, at the gate and in every bench alike.
 */
import { policyStage } from "./policy/stage.ts";
import { rankerStage } from "./ranker/ranker.ts";
import type { Stage } from "./stage.ts";
import { varietyStage } from "./variety.ts";

/** The stages in force, first to last. */
export const stagesInForce: readonly Stage[] = [rankerStage, policyStage, varietyStage];
