/** The strongest reasons as a sentence, in any of the languages that the SDK has words in. */
import { useState } from "preact/hooks";
import type { Reason } from "../../sdk/index.ts";
import { reasonsInWords } from "../../sdk/reasons/reasons.ts";

const languages = [
  { tag: "en-GB", name: "English" },
  { tag: "de", name: "Deutsch" },
  { tag: "fr", name: "Français" },
  { tag: "es", name: "Español" },
] as const;

export function InSentence({ reasons }: { readonly reasons: readonly Reason[] }) {
  const [language, setLanguage] = useState<(typeof languages)[number]["tag"]>("en-GB");
  const sentence = reasonsInWords(reasons, { language, nowMs: Date.now(), against: 1 });
  return (
    <div class="in-words">
      <fieldset aria-label="Language of the reasons">
        {languages.map(({ tag, name }) => (
          <button
            type="button"
            class="link"
            key={tag}
            lang={tag}
            aria-pressed={tag === language}
            onClick={() => setLanguage(tag)}
          >
            {name}
          </button>
        ))}
      </fieldset>
      <p lang={language}>{sentence}</p>
    </div>
  );
}
