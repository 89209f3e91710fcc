/** Reasons of every kind, for and against: a kind, an act, a wish or a feature that is left out does not compile. */
import { eventKinds } from "../../../core/events/event.ts";
import { wishKinds, wishTargets } from "../../../core/policy/wish.ts";
import type { Reason, ReasonFeature } from "../../../worker/api.ts";

export const nowMs = Date.UTC(2026, 10, 5, 12);
const threeDaysAgoMs = Date.UTC(2026, 10, 2, 11);

const features: Readonly<Record<ReasonFeature, null>> = {
  ...{ taste: null, session: null, again: null, wanted: null, fresh: null, category: null, price: null },
  ...{ habits: null, moment: null, diversity: null, novelty: null, unproposed: null, later: null },
};

interface Named {
  /** What tells it from the others. */
  readonly name: string;
  readonly reason: Reason;
}

type OfKind = {
  readonly [Why in Reason["why"]]: (contribution: number) => readonly (readonly [string, Reason])[];
};

const item = { item: "84879", title: "Red Mug" };
const ofKind: OfKind = {
  event: (contribution) =>
    eventKinds.map((kind) => [
      kind,
      { why: "event", event: "a", kind, ...item, atMs: threeDaysAgoMs, contribution },
    ]),
  others: (contribution) =>
    [1, 2, 1200].map((events) => [`${events}`, { why: "others", events, contribution }]),
  similar: (contribution) => [["item", { why: "similar", ...item, contribution }]],
  together: (contribution) => [["item", { why: "together", ...item, contribution }]],
  search: (contribution) => [
    ["the same word", { why: "search", asked: "mug", found: "mug", contribution }],
    ["another word", { why: "search", asked: "beaker", found: "mug", contribution }],
  ],
  meaning: (contribution) => [["text", { why: "meaning", asked: "a gift for a baby", contribution }]],
  said: (contribution) => [
    ["categories", { why: "said", fact: "categories", said: "Garden", contribution }],
    ["interests", { why: "said", fact: "interests", said: "birds", contribution }],
    ["another fact", { why: "said", fact: "hasDog", said: "yes", contribution }],
  ],
  trending: (contribution) => [["", { why: "trending", contribution }]],
  popular: (contribution) => [["", { why: "popular", contribution }]],
  new: (contribution) => [
    ["dated", { why: "new", publishedAt: "2026-10-01", contribution }],
    ["dated by no date", { why: "new", publishedAt: "soon", contribution }],
  ],
  catalogue: (contribution) => [["", { why: "catalogue", contribution }]],
  site: (contribution) => [
    ["", { why: "site", rule: contribution < 0 ? ("bury" as const) : ("boost" as const), contribution }],
  ],
  wish: (contribution) => [
    ...wishKinds.flatMap((wish) =>
      wishTargets.map((of): [string, Reason] => {
        const named = of === "item" ? { value: "84879", title: "Red Mug" } : { value: "Birds" };
        return [`${wish} ${of}`, { why: "wish", wish, of, ...named, contribution }];
      }),
    ),
    ["less item that is gone", { why: "wish", wish: "less", of: "item", value: "84879", contribution }],
  ],
  feature: (contribution) =>
    (Object.keys(features) as ReasonFeature[]).map((feature) => [
      feature,
      { why: "feature", feature, contribution },
    ]),
};

export const everyReason: readonly Named[] = Object.entries(ofKind).flatMap(([why, of]) =>
  [0.5, -0.5].flatMap((contribution) =>
    of(contribution).map(([what, reason]) => ({
      name: [contribution > 0 ? "for:" : "against:", why, what].filter((part) => part !== "").join(" "),
      reason,
    })),
  ),
);

export const languages = ["en", "de", "fr", "es", "zh", "ar"] as const;
