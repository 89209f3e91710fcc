/**
 * CHANGELOG.md at a release: what was unreleased gets its version and day, and a new empty place stands above
 * it.
 */

export interface Released {
  readonly changelog: string;
  /** The text of the release, for its tag. */
  readonly notes: string;
}

/** @throws {Error} `changelog: …` when nothing is unreleased, or the version was released before. */
export function release(
  changelog: string,
  { version, day }: { readonly version: string; readonly day: string },
): Released {
  if (changelog.split("\n").some((line) => line.startsWith(`## ${version} (2`)))
    throw new Error(`changelog: expected a version not released before, got ${version}`);
  const [heading, title] = /^## Unreleased(?:: (.*))?$/m.exec(changelog) ?? [];
  if (heading === undefined) throw new Error('changelog: expected a section "## Unreleased", got none');
  const [before, after] = splitAt(changelog, changelog.indexOf(heading));
  const next = after.indexOf("\n## ", 1);
  const [section, rest] = splitAt(after, next < 0 ? after.length : next);
  const notes = section.slice(heading.length).trim();
  if (notes === "") throw new Error("changelog: expected something unreleased, got an empty section");
  const released = `## ${version} (${day})${title === undefined ? "" : `: ${title}`}`;
  return {
    changelog: `${before}## Unreleased\n\n${released}\n\n${notes}\n${rest}`,
    notes,
  };
}

function splitAt(text: string, place: number): readonly [before: string, after: string] {
  return [text.slice(0, place), text.slice(place)];
}
