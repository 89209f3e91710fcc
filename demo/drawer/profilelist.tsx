/** What the device has worked out about the person: numbers that nobody else sees. */
import { useState } from "preact/hooks";
import type { Panel } from "../../sdk/index.ts";
import { categoriesInWords, profileInWords } from "./profile.ts";

const shownAtFirst = 6;

export function ProfileList({ profile }: { readonly profile: Panel["profile"] }) {
  const [all, setAll] = useState(false);
  const lines = profileInWords(profile);
  const known = lines.filter(({ isMissing }) => !isMissing);
  const categories = categoriesInWords(profile);
  return (
    <section aria-labelledby="drawer-profile">
      <h3 id="drawer-profile">What this browser has worked out</h3>
      {known.length === 0 ? (
        <p class="none">Nothing yet: it is worked out of what you do here, and stays here.</p>
      ) : (
        <dl class="profile">
          {(all ? lines : known.slice(0, shownAtFirst)).map(({ name, title, text, isMissing }) => (
            <div key={name} class={isMissing ? "left-out" : ""}>
              <dt>{title}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      )}
      {categories.length > 0 && <p class="none">{categories.join(" · ")}</p>}
      {known.length > 0 && (
        <button type="button" class="link" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "Show less" : `Show all ${lines.length}`}
        </button>
      )}
    </section>
  );
}
