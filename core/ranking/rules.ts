/** Rules: which rows no list may hold, whatever their scores. Each only bars, so their order is free. */
import type { Question } from "./question.ts";

type Rule = (question: Question, barred: Uint8Array) => void;

const excluded: Rule = ({ exclude = [] }, barred) => {
  for (const row of exclude) barred[row] = 1;
};

/** What cannot be had is not recommended; it is still ranked, so it can be explained. */
const unavailable: Rule = ({ model: { unavailable: rows } }, barred) => {
  for (let at = 0; at < rows.length; at++) barred[rows[at]] = 1;
};

/** An item is not like itself, and what goes well with a basket is not in it. */
const itself: Rule = (question, barred) => {
  if (question.by === "similar") barred[question.row] = 1;
  if (question.by === "together") for (const row of question.rows) barred[row] = 1;
};

const disliked: Rule = (question, barred) => {
  if (question.by === "person" || question.by === "again") barMarked(question.profile.disliked, barred);
};

const seen: Rule = (question, barred) => {
  if (question.by === "person" && question.includeSeen !== true) barMarked(question.profile.seen, barred);
};

const rules: readonly Rule[] = [excluded, unavailable, itself, disliked, seen];

/** One byte per row, 1 for those that no answer to this question may list. */
export function barredBy(question: Question): Uint8Array {
  const barred = new Uint8Array(question.model.count);
  for (const rule of rules) rule(question, barred);
  return barred;
}

function barMarked(marks: Uint8Array, barred: Uint8Array): void {
  for (let row = 0; row < barred.length; row++) barred[row] |= marks[row];
}
