/**
 * The decision matrix: what ranks how much, by what the data are like. Two questions, each a table of rows in order
 * (decide.ts):
 *
 *   joint    how long content rows are beside factors, asked of a site whenever factors are learned
 *   device   what counts how much for a person of whom so much is known, asked on the device at each ranking
 *
 * What part pairs and what is wanted lately have depends on the crowd and its noise: `mixesFor` of
 * server/publishing/pairdrafts.ts. A gate that has people held out measures what a site's row says against other
 * choices and may take another; where nothing can be measured it stands. Thresholds and parts were chosen on people
 * set aside, of the sites and crowds that `npm run bench:choosing` makes (docs/decisions/0037-choosing.md).
 */
import type { Row, RowInWords } from "./decide.ts";

/** Numbers of a site when factors are learned. */
export type JointFact =
  /** Mean weight of people behind an item that somebody dealt with: who dealt with it long ago counts less. */
  | "peoplePerItem"
  /** Whether items that are near by content are near by factors: 1 as near as any, 0 as near as any other. */
  | "agreement"
  /** Variance of the noise in a count; 0 of logs. */
  | "noise";

export interface JointChoice {
  /** Length of content rows in joint rows, and what it is multiplied by for people of whom little is known. */
  readonly contentScale: number;
  readonly contentForFew: number;
}

const enough = [
  { of: "noise", below: 1e-12 },
  { of: "peoplePerItem", atLeast: 4 },
] as const;

export const jointRows: readonly RowInWords<JointFact, JointChoice>[] = [
  {
    name: "texts-say-little",
    when: [...enough, { of: "agreement", below: 0.14 }],
    choice: { contentScale: 0.1, contentForFew: 1 },
    why: "people tell which products go together, and texts hardly do: content counts a tenth",
  },
  {
    name: "crowd-and-texts",
    when: [...enough, { of: "agreement", atLeast: 0.14, below: 0.35 }],
    choice: { contentScale: 1, contentForFew: 0.3 },
    why: "people and texts both tell: content in full, and three tenths while few products are liked",
  },
  {
    name: "as-usual",
    when: [],
    choice: { contentScale: 1, contentForFew: 1 },
    why: "few people a product, noise in what they said, or texts that say most of it: content in full",
  },
];

/** Numbers of a device's person. */
export type DeviceFact = "liked" | "onLearned" | "onPairs" | "facts";

export interface DeviceChoice {
  /** Whether content is as short as the edition has it for people of whom little is known. */
  readonly content: "short" | "whole";
  /** What part what is always wanted has, where nothing is mixed in of what is wanted lately, and beside that. */
  readonly always: number;
  readonly alwaysBesideLately: number;
}

/** Why each says what it does: devicewords.ts, which what ranks does without. */
export type DeviceRowName = "said" | "first-likes" | "few-likes" | "some-likes" | "many-likes";

export interface DeviceRow extends Row<DeviceFact, DeviceChoice> {
  readonly name: DeviceRowName;
}

export const deviceRows: readonly DeviceRow[] = [
  {
    name: "said",
    when: [
      { of: "facts", atLeast: 1 },
      { of: "liked", below: 3 },
    ],
    choice: { content: "whole", always: 0.3, alwaysBesideLately: 0 },
  },
  {
    name: "first-likes",
    when: [{ of: "liked", below: 3 }],
    choice: { content: "short", always: 0.3, alwaysBesideLately: 0.2 },
  },
  {
    name: "few-likes",
    when: [{ of: "liked", below: 6 }],
    choice: { content: "short", always: 0.3, alwaysBesideLately: 0 },
  },
  {
    name: "some-likes",
    when: [{ of: "liked", below: 12 }],
    choice: { content: "short", always: 0.15, alwaysBesideLately: 0 },
  },
  {
    name: "many-likes",
    when: [],
    choice: { content: "whole", always: 0, alwaysBesideLately: 0 },
  },
];
