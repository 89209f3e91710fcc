/**
 * The two permissions, each with what it means and why it stands as it stands; and whether this visit is
 * learned from.
 */
import type { ConsentFlags } from "../../../worker/api.ts";
import { make } from "../dom.ts";
import { type Part, type Setting, section } from "./part.ts";

export function choicesPart({ tacit, words }: Setting): Part {
  const flip = (name: string, label: string, turn: (isOn: boolean) => void) => {
    const input = make("input", {
      type: "checkbox",
      role: "switch",
      part: "switch",
      id: name,
      "aria-describedby": `${name}-about`,
    });
    input.addEventListener("change", () => turn(input.checked));
    const about = make("p", { part: "soft", id: `${name}-about` });
    const row = make(
      "div",
      { part: "row" },
      make("label", { part: "label", for: name }, label),
      input,
      about,
    );
    return { input, about, row };
  };
  const permission = (name: keyof ConsentFlags) =>
    flip(name, words[name], (isOn) => tacit.consent({ [name]: isOn }));
  const flips = { personalise: permission("personalise"), contribute: permission("contribute") };
  const pause = flip("pause", words.pause, (isOn) => (isOn ? tacit.pause() : tacit.resume()));
  return {
    element: section("choices", words.choices, flips.personalise.row, flips.contribute.row, pause.row),
    show({ panel, consent }) {
      for (const name of ["personalise", "contribute"] as const) {
        const { input, about } = flips[name];
        const isOn = consent[name];
        input.checked = isOn;
        const because = words[isOn ? "on" : "off"][consent.because[name]];
        about.replaceChildren(`${words[`${name}About`]} `, make("b", {}, because));
      }
      const isPaused = panel !== null && panel.pausedUntilMs !== null;
      pause.row.hidden = panel === null || !consent.personalise;
      pause.input.checked = isPaused;
      pause.about.textContent = isPaused ? words.paused : words.pauseAbout;
    },
  };
}
