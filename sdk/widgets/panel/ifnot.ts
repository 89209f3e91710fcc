/** "What if not?": loaded for who asks, and shown below what it is asked of; asked again it is closed. */

import type { Setting } from "./part.ts";
import { panelWordsOf } from "./words/load.ts";

/** Loaded for who asks why. */
export const loadWhy = (): Promise<typeof import("./why.ts")> => import("./why.ts");

export async function askIfNot(
  setting: Setting,
  place: HTMLElement,
  opener: HTMLElement | undefined,
  events: readonly string[],
): Promise<void> {
  const close = (): void => {
    place.replaceChildren();
    opener?.setAttribute("aria-expanded", "false");
  };
  if (place.hasChildNodes()) return close();
  opener?.setAttribute("aria-expanded", "true");
  try {
    const why = await loadWhy();
    const words = await panelWordsOf(setting.language, "why", why.english);
    await why.showIfNot({
      ...{ setting, words, place, events },
      onKeep: () => {
        close();
        opener?.focus();
      },
    });
  } catch {
    close();
    setting.say(setting.words.failed);
  }
}
