/** What a ranking is asked: by which order, among which rows, and what to leave out. */
import type { TextAnswer } from "../encoder/answer.ts";
import type { ListPolicy } from "../policy/listpolicy.ts";
import type { Wish } from "../policy/wish.ts";
import type { LocalTime } from "../time.ts";
import type { RankingModel } from "./model.ts";
import type { Profile } from "./profile.ts";

interface Common {
  readonly model: RankingModel;
  /** One byte per row, 1 for those to rank; all rows when absent. */
  readonly candidates?: Uint8Array;
  /** Rows to leave out. */
  readonly exclude?: Iterable<number>;
  /** Rows that stand in other lists beside this one: neither they nor their variants are listed again. */
  readonly beside?: readonly number[];
  /** Milliseconds since the Unix epoch: what is dated later is not new yet. Without it everything is of the past. */
  readonly nowMs?: number;
  /** What the page decides about this list, beside what the site does for all of them. */
  readonly policy?: ListPolicy | undefined;
  /** What the person asked of the shelf. */
  readonly wishes?: readonly Wish[];
}

export type Question = Common &
  (
    | {
        readonly by: "person";
        readonly profile: Profile;
        /** Also what the person already dealt with; false by default. */
        readonly includeSeen?: boolean;
        /** Time of day where the person is, at `nowMs`; absent: not known. */
        readonly local?: LocalTime | undefined;
      }
    /** Of what the person bought, what is bought again first. */
    | { readonly by: "again"; readonly profile: Profile }
    /** Most like the item of this row. */
    | { readonly by: "similar"; readonly row: number }
    /** What goes well with the items of these rows. */
    | { readonly by: "together"; readonly rows: readonly number[] }
    /** What a text asks for. */
    | { readonly by: "text"; readonly answer: TextAnswer }
    /** What the crowd wants: of lately where that is known, or always. Or the newest. */
    | { readonly by: "trending" | "popular" | "new" }
  );
