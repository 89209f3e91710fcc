/** The two permissions, each with what it means and why it stands as it stands. */
import type { ConsentFlags, ConsentSource, Tacit } from "../../sdk/index.ts";
import { useConsent } from "../shop/consent.ts";

const texts: Readonly<Record<keyof ConsentFlags, { readonly label: string; readonly meaning: string }>> = {
  personalise: {
    label: "Personalise for me, here",
    meaning:
      "Keeps what you do in this shop on this device and ranks the shelves with it. Nothing leaves because of it.",
  },
  contribute: {
    label: "Contribute to the crowd",
    meaning:
      "Now and then adds what was learned to a sum over at least fifty browsers. It leaves as two encrypted halves, one for each of two aggregators, and only the sum is used. Who runs them, what is added up and what it has cost is written below.",
  },
};

export function Switches({ tacit }: { readonly tacit: Tacit }) {
  const consent = useConsent();
  if (consent === undefined) return null;
  return (
    <section class="switches" aria-label="Permissions">
      {(["personalise", "contribute"] as const).map((name) => (
        <div class="permission" key={name}>
          <button
            type="button"
            role="switch"
            class="switch"
            aria-checked={consent[name]}
            aria-labelledby={`label-${name}`}
            aria-describedby={`about-${name}`}
            onClick={() => tacit.consent({ [name]: !consent[name] })}
          >
            <span class="switch-knob" />
          </button>
          <div>
            <h3 id={`label-${name}`}>{texts[name].label}</h3>
            <p id={`about-${name}`}>
              {texts[name].meaning} <em>{becauseInWords(consent[name], consent.because[name])}</em>
            </p>
          </div>
        </div>
      ))}
    </section>
  );
}

function becauseInWords(isOn: boolean, source: ConsentSource): string {
  const state = isOn ? "On" : "Off";
  switch (source) {
    case "person":
      return `${state} because you chose so.`;
    case "gpc":
      return `${state} because your browser sends Global Privacy Control; you may still turn it ${isOn ? "off" : "on"}.`;
    case "site":
      return `${state} because the shop set it so; you may turn it ${isOn ? "off" : "on"}.`;
    case "default":
      return `${state} until you say otherwise.`;
  }
}
