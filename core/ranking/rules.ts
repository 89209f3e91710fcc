/**
 * Rules: which rows no list may hold, whatever their scores. Each only bars, so their order is free. What the person
 * knows already is barred in a way that a pin of the site's opens; the others nothing opens.
 */
import { bars } from "./best.ts";
import { conditionOf, policiesFor } from "./policy/inforce.ts";
import { rowsMatching } from "./policy/matching.ts";
import type { Question } from "./question.ts";

type Rule = (question: Question, barred: Uint8Array) => void;

const excluded: Rule = ({ exclude = [], beside = [] }, barred) => {
  for (const row of exclude) barred[row] |= bars.out;
  for (const row of beside) barred[row] |= bars.out;
};

/** What cannot be had is not recommended; it is still ranked, so it can be explained. */
const unavailable: Rule = ({ model: { unavailable: rows } }, barred) => {
  for (let at = 0; at < rows.length; at++) barred[rows[at]] |= bars.out;
};

/** An item is not like itself, and what goes well with a basket is not in it. */
const itself: Rule = (question, barred) => {
  if (question.by === "similar") barred[question.row] |= bars.out;
  if (question.by === "together") for (const row of question.rows) barred[row] |= bars.out;
};

const disliked: Rule = (question, barred) => {
  if (question.by === "person" || question.by === "again") {
    barMarked(question.profile.disliked, { barred, as: bars.out });
  }
};

const seen: Rule = (question, barred) => {
  if (question.by === "person" && question.includeSeen !== true) {
    barMarked(question.profile.seen, { barred, as: bars.known });
  }
};

const byRule = bars.out | bars.ruledOut;

/** Only what the page and the site filter for. */
const filtered: Rule = (question, barred) => {
  const { model, nowMs } = question;
  for (const { filter } of policiesFor(question)) {
    if (filter === undefined) continue;
    const rows = rowsMatching(filter, { model, nowMs });
    for (let row = 0; row < barred.length; row++) if (rows[row] === 0) barred[row] |= byRule;
  }
};

/** What a person mutes is in no list, asked for or not. The variants of a muted item go with it. */
const muted: Rule = ({ model, nowMs, wishes = [] }, barred) => {
  const groups = new Set<string>();
  for (const wish of wishes) {
    if (wish.wish !== "mute") continue;
    const row = wish.of === "item" ? model.rowOf.get(wish.value) : undefined;
    const group = row === undefined ? undefined : model.cards[row].group;
    if (group !== undefined) groups.add(group);
    if (row !== undefined) barred[row] |= byRule;
    else barMarked(rowsMatching(conditionOf(wish), { model, nowMs }), { barred, as: byRule });
  }
  if (groups.size === 0) return;
  for (const [row, { group }] of model.cards.entries()) {
    if (group !== undefined && groups.has(group)) barred[row] |= byRule;
  }
};

/** What was shown often, and not dealt with since. */
const ignored: Rule = (question, barred) => {
  const { by, nowMs } = question;
  if (by !== "person" || nowMs === undefined) return;
  for (const { ignored: limits } of policiesFor(question)) {
    if (limits === undefined) continue;
    for (const row of question.profile.ignored?.(limits, nowMs) ?? []) barred[row] |= bars.known;
  }
};

const rules: readonly Rule[] = [excluded, unavailable, itself, disliked, seen, filtered, muted, ignored];

/** One byte per row (`bars`), 0 for what an answer to this question may list. */
export function barredBy(question: Question): Uint8Array {
  const barred = new Uint8Array(question.model.count);
  for (const rule of rules) rule(question, barred);
  return barred;
}

function barMarked(
  marks: Uint8Array,
  { barred, as }: { readonly barred: Uint8Array; readonly as: number },
): void {
  for (let row = 0; row < barred.length; row++) if (marks[row] !== 0) barred[row] |= as;
}
