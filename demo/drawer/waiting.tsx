/** Why no report leaves at this moment, in a sentence, and until when. */
import type { Waiting as Waits } from "../../sdk/index.ts";

export function Waiting({ waiting }: { readonly waiting: Waits }) {
  return (
    <p class="none" data-waiting={waiting.why}>
      {sentences[waiting.why]}
      {waiting.untilMs !== null && ` Looked at again ${whenInWords(waiting.untilMs, Date.now())}.`}
    </p>
  );
}

const sentences: Readonly<Record<Waits["why"], string>> = {
  consent: "Nothing leaves: contributing is off.",
  elsewhere:
    "Nothing leaves: another of your devices contributes what you did here, so that nothing is sent twice.",
  automation: "Nothing leaves: a program seems to be at work in this browser, and only people are added up.",
  insecure: "Nothing leaves: this page did not come over https, so your browser has no encryption for it.",
  storage: "Nothing leaves: this browser denies storage, so it could not count what it has cost you.",
  pins: "Nothing leaves: this shop does not say who adds up.",
  signatures: "Nothing leaves: this browser cannot check the shop's signatures (Ed25519).",
  chance: "What is due leaves at a time drawn by chance, so that its hour says nothing of you.",
  token: "A report waits for a token: whoever hands them out gave none to this address yet.",
  events: "Nothing to say yet: a report needs at least two things you liked.",
  period: "The days that the shop asks about are not over.",
  round: "All that the shop asks was answered.",
  batch: "All that the shop asks was answered; one sum was full and did not take yours.",
  plan: "Your browser has sent as many reports as the shop promised to ask for.",
  budget: "What a report costs does not fit in your browser's budget.",
  server: "Whoever is to be asked did not answer.",
};

function whenInWords(atMs: number, nowMs: number): string {
  const minutes = Math.max(0, atMs - nowMs) / 60_000;
  if (minutes < 1) return "within a minute";
  if (minutes < 90) return `in ${Math.round(minutes)} min`;
  return minutes < 2 * 24 * 60
    ? `in ${Math.round(minutes / 60)} h`
    : `in ${Math.round(minutes / 60 / 24)} days`;
}
