/** Every kind of sum there is: the only place in core that names them all. */
import { itemFactors } from "./itemfactors/kind.ts";

export const taskKinds = { "item-factors": itemFactors } as const;

export type TaskKindName = keyof typeof taskKinds;
