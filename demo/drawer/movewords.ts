/** What became of a step of moving, in sentences. */
import type { MoveAnswer, MoveRefusal } from "../../sdk/index.ts";

const refusals: Readonly<Record<MoveRefusal, string>> = {
  file: "This is no file that was made here.",
  version: "This file was made by a newer version of this shop. Reload the page and try again.",
  damaged: "This file is damaged: a part is missing or was changed. Nothing was taken in.",
  site: "This file is of another shop.",
  "code-needed": "This file is a copy: it opens with the code that was shown when it was made.",
  code: "This code is not the right one. Look for a mistyped letter, or whether it is of another file or shop.",
  device:
    "This file was made for another device, or for a code that this one no longer knows. Show a new code and try again.",
  taken: "This file was taken in before. It is all here already.",
  self: "This is this device's own code. Type the one that the other device shows.",
  away: "Everything was handed to another device already. What is here can still be copied.",
  consent: "“Personalise for me, here” is off on this device. Turn it on first.",
  erased: "Everything was erased meanwhile, so nothing was taken in.",
  large: "There is more here than a file holds.",
  insecure: "This page did not come over https, so your browser has no encryption for it.",
  old: "This browser is too old for this kind of encryption.",
};

export function answerInWords(answer: MoveAnswer | null): string {
  switch (answer?.state) {
    case undefined:
      return "That did not work. Nothing was changed as far as is known; try again.";
    case "refused":
      return refusals[answer.why];
    case "asked":
      return "Type this code on the other device, under “Move to another device”. Then bring the file that it makes here.";
    case "given":
      return "The file is made, and only the other device can open it. From now on that one contributes, and this one no more.";
    case "copied":
      return "The copy is made. Write the code down: it is shown once, and the file does not open without it.";
    case "taken":
      return takenInWords(answer);
  }
}

function takenInWords({ sort, events, mayContribute }: Extract<MoveAnswer, { state: "taken" }>): string {
  const came = events === 1 ? "One entry came here" : `${events.toLocaleString("en-GB")} entries came here`;
  if (sort === "move") {
    return mayContribute
      ? `${came}, with what contributing has cost so far. If you contribute, this device does it from now on.`
      : `${came}. Something that is here belongs to a third device, so this one does not contribute.`;
  }
  return mayContribute
    ? `${came}.`
    : `${came}. The device that they come from goes on contributing, so this one does not.`;
}
