/**
 * A task kind: one sort of sum, as browser and server must agree on it. This is its shape; what a browser
 * adds to the sum stands in worker/contribute/kinds/, what the server makes of it in server/kinds/.
 *
 * A new kind is a file in each of these places and a line in each of their registries. Aggregators know no
 * kinds: a task (task.ts) tells them lengths and costs.
 */
import type * as v from "valibot";
import type { Json } from "../json.ts";

/** What of a vector follows from a kind's settings: all that aggregators need. */
export interface Layout {
  /** Numbers in a report's vector. */
  readonly length: number;
  /** A report covers one of so many blocks; 1 where there are none. */
  readonly blocks: number;
  /** Largest L2 norm that a contribution can have, in the units of the vector. */
  readonly sensitivity: number;
}

/** For the person's panel. */
export interface KindWords {
  /** A few words: "likes", "activity". */
  readonly title: string;
  /** One sentence: what is summed over the crowd. */
  readonly what: string;
}

export interface TaskKind<Settings = Json> {
  /** Lower-case words with hyphens; part of every task of the kind. */
  readonly name: string;
  /** Form of the settings that a task of this kind carries; keys that it does not know are ignored. */
  readonly schema: v.GenericSchema<unknown, Settings>;
  readonly layoutOf: (settings: Settings) => Layout;
  readonly words: KindWords;
}
