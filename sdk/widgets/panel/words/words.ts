/**
 * What the panel has to say in a language, whole: a text that is missing in one does not compile. What a
 * person did or asked for is said as a word before a title ("Viewed", "More of"), which no language bends to.
 */
import type { LeftOutFor } from "../../../../core/events/cleaning/rule.ts";
import type { EventKind } from "../../../../core/events/event.ts";
import type { WishKind } from "../../../../core/policy/wish.ts";
import type { MoveRefusal, WaitingFor } from "../../../../worker/api.ts";
import type { ConsentSource } from "../../../types.ts";

/** By the plural of a number, which stands for `#`. */
export type Forms = { readonly other: string } & Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>;

/** In panel.js: what everybody sees who opens it. */
export interface CoreWords {
  readonly heading: string;
  readonly close: string;
  readonly reading: string;
  /** There is no SDK on the page. */
  readonly missing: string;
  readonly unreadable: string;
  readonly onDevice: string;
  readonly inMemory: string;
  readonly choices: string;
  readonly personalise: string;
  readonly personaliseAbout: string;
  readonly contribute: string;
  readonly contributeAbout: string;
  /** Why a permission holds. */
  readonly on: Readonly<Record<ConsentSource, string>>;
  /** Why it does not. */
  readonly off: Readonly<Record<ConsentSource, string>>;
  readonly pause: string;
  readonly pauseAbout: string;
  readonly paused: string;
  readonly likes: string;
  readonly likesNone: string;
  /** Nothing is liked, and nothing is learned. */
  readonly likesOff: string;
  /** Where a liking comes from: a title, and how many more. */
  readonly from: (title: string) => string;
  readonly fromMore: (title: string, count: string) => string;
  readonly notWanted: string;
  /** None of it is, by a wish. */
  readonly unwanted: string;
  /** Buttons beside a category. */
  readonly wish: Readonly<Record<WishKind, string>>;
  /** The same before what it is of. */
  readonly wishOf: Readonly<Record<WishKind, string>>;
  readonly ifNot: string;
  readonly said: string;
  readonly saidNone: string;
  readonly facts: Readonly<
    Record<"categories" | "interests" | "ageBand" | "place" | "tier" | "segment" | "onboarding", string>
  >;
  readonly skipped: string;
  readonly none: string;
  readonly yes: string;
  readonly no: string;
  readonly asked: string;
  readonly askedNone: string;
  readonly takeBack: string;
  readonly history: string;
  readonly historyNone: string;
  readonly acts: Readonly<Record<EventKind, string>>;
  /** An event that a later version of the SDK wrote. */
  readonly didOther: string;
  /** What was seen side by side in lists. */
  readonly seen: Forms;
  readonly forget: string;
  readonly leftOut: Readonly<Record<LeftOutFor, string>>;
  readonly automated: string;
  readonly showAll: Forms;
  readonly showLess: string;
  readonly newestAlone: Forms;
  readonly why: string;
  readonly sent: string;
  readonly sentNone: string;
  readonly sentCount: Forms;
  /** How much of the limit of 30 days is used. */
  readonly used: (percent: string) => string;
  readonly details: string;
  readonly worked: string;
  readonly along: string;
  readonly end: string;
  readonly endAbout: string;
  readonly erase: string;
  readonly leave: string;
  readonly eraseAsk: string;
  readonly leaveAsk: string;
  readonly keep: string;
  readonly working: string;
  readonly erased: string;
  /** Behind it, to whoever contributes or has contributed. */
  readonly costStays: string;
  readonly left: string;
  /** After a step that can be undone, or not. */
  readonly wished: (wish: string, of: string) => string;
  readonly takenBack: string;
  readonly forgotten: string;
  readonly undo: string;
  readonly failed: string;
}

/** In panel-why.js. */
export interface WhyWords {
  readonly none: string;
  readonly now: string;
  /** The place of an item in the list. */
  readonly place: (title: string, rank: string) => string;
  readonly moreReasons: Forms;
  readonly sum: string;
  readonly ifNot: string;
  /** Before the list as it would be without so many acts. */
  readonly without: Forms;
  readonly isNew: string;
  readonly same: string;
  readonly instead: (then: string, now: string) => string;
  /** Instead of a place: the list as far as it is shown would not have it. */
  readonly beyond: (count: string) => string;
  readonly forget: Forms;
  readonly keep: string;
}

/** In panel-more.js: the ledger, and what is worked out. */
export interface MoreWords {
  readonly waiting: Readonly<Record<WaitingFor, string>>;
  readonly again: (when: string) => string;
  readonly sums: Forms;
  readonly states: Readonly<Record<"sending" | "accepted" | "refused", string>>;
  readonly sum: (kind: string, round: string, block: string) => string;
  readonly reason: (why: string) => string;
  readonly cost: (cost: string) => string;
  readonly unbounded: string;
  readonly showBytes: string;
  readonly hideBytes: string;
  readonly digestOnly: string;
  readonly firstBytes: (count: string, of: string) => string;
  readonly download: string;
  readonly budget: string;
  readonly last30Days: string;
  readonly since: (day: string) => string;
  readonly ever: string;
  readonly ofLimit: (spent: string, limit: string) => string;
  readonly leftOver: (percent: string) => string;
  readonly epsilon: string;
  readonly noLimit: string;
  readonly plan: string;
  readonly planNone: string;
  readonly planned: (times: Forms["other"], cost: string) => string;
  readonly times: Forms;
  readonly parties: string;
  readonly oneHalf: string;
  readonly otherHalf: string;
  readonly halves: string;
  readonly oneParty: string;
  readonly noParty: string;
  /** Before shares of categories, which are those of the features: other than what a person seems to like. */
  readonly byCategory: string;
  readonly workedNone: string;
  readonly segment: (name: string, share: string, of: string) => string;
  readonly segmentNone: string;
  readonly trials: Forms;
  readonly experiments: string;
  /** Of an experiment, which version of it, and since when. */
  readonly inArm: (experiment: string, arm: string, when: string) => string;
  readonly leave: string;
  /** Names of the features, each of which stands before its value; none in English, which the table of features has. */
  readonly features: Readonly<Record<string, string>>;
  readonly values: FeatureValueWords;
}

/** Values of features that are no plain numbers. */
export interface FeatureValueWords {
  readonly lessThan: Readonly<Record<"day" | "minute" | "second", string>>;
  readonly oneCategory: string;
  readonly categories: (count: string) => string;
  readonly ofFive: (score: string) => string;
  readonly yes: string;
  readonly no: string;
}

/** In panel-along.js: taking the data along. */
export interface AlongWords {
  readonly json: string;
  readonly parquet: string;
  readonly files: string;
  readonly failed: string;
  readonly move: string;
  readonly moveAbout: string;
  readonly theirCode: string;
  readonly makeFile: string;
  readonly take: string;
  readonly takeAbout: string;
  readonly showCode: string;
  /** Of a code that is shown, and what became of it. */
  readonly copyThis: string;
  readonly codeCopied: string;
  readonly codeSelected: string;
  readonly file: string;
  readonly copyCode: string;
  readonly takeIn: string;
  readonly copy: string;
  readonly copyAbout: string;
  readonly makeCopy: string;
  readonly working: string;
  readonly nothing: string;
  readonly asked: string;
  readonly given: string;
  /** Behind it, to whoever contributes or has contributed. */
  readonly handed: string;
  readonly copied: string;
  readonly came: Forms;
  readonly mayContribute: string;
  readonly third: string;
  readonly theyContribute: string;
  readonly refused: Readonly<Record<MoveRefusal, string>>;
}

export interface PanelWords {
  readonly core: CoreWords;
  readonly why: WhyWords;
  readonly more: MoreWords;
  readonly along: AlongWords;
}
