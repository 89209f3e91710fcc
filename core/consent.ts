/**
 * A person's own choices about the two permissions. Page and worker each keep a copy, so that losing one turns
 * no "no" into a "yes".
 *
 * Choices are counted, and of two copies the later holds. Where that cannot be told, the stricter one does. No
 * choice is ever taken back to none: of a "no" that the later copy does not name it did not know.
 */

export interface Choices {
  /** How often the person has chosen; 0 before any. */
  readonly revision: number;
  readonly personalise?: boolean;
  readonly contribute?: boolean;
}

/** Of somebody who has not chosen. */
export const noChoices: Choices = { revision: 0 };

const permissions = ["personalise", "contribute"] as const;

/** The copy that holds; the same whichever comes first. */
export function laterChoices(a: Choices, b: Choices): Choices {
  if (a.revision !== b.revision) {
    const [earlier, later] = a.revision < b.revision ? [a, b] : [b, a];
    return { ...refusalsIn(earlier), ...later };
  }
  return { revision: a.revision, ...stricter(a, b) };
}

function refusalsIn(choices: Choices): Omit<Choices, "revision"> {
  const refused = permissions.filter((permission) => choices[permission] === false);
  return Object.fromEntries(refused.map((permission) => [permission, false]));
}

/** The next choice, over all that is known; what it does not name stays as it was chosen. */
export function choose(before: Choices, change: Omit<Choices, "revision">): Choices {
  return { ...before, ...change, revision: before.revision + 1 };
}

const minuteMs = 60_000;
/** Minutes since then have room in a record until 2051. */
const firstMs = Date.UTC(2020, 0);

/**
 * A choice of somebody of whose earlier ones nobody here knows how many there were: counted by the clock, so that it
 * goes before those. Of earlier ones that were counted so, too, the clock decides.
 */
export function chooseUnknowing(before: Choices, change: Omit<Choices, "revision">, nowMs: number): Choices {
  const next = choose(before, change);
  return { ...next, revision: Math.max(next.revision, Math.floor((nowMs - firstMs) / minuteMs)) };
}

const digits = 6;
const signs = { true: "+", false: "-", undefined: "?" } as const;

/**
 * As text, always of eight characters: a store without room for one more still takes one instead of another.
 */
export function encodeChoices({ revision, personalise, contribute }: Choices): string {
  const count = Math.min(revision, 16 ** digits - 1)
    .toString(16)
    .padStart(digits, "0");
  return `${count}${signs[`${personalise}`]}${signs[`${contribute}`]}`;
}

/** Null for what is no such text. Choices of earlier versions stand in JSON, uncounted: they count as the first. */
export function parseChoices(text: string): Choices | null {
  const parts = /^([0-9a-f]{6})([-+?])([-+?])$/.exec(text);
  if (parts === null) return parseUncounted(text);
  const [, count, personalise, contribute] = parts;
  return {
    revision: Number.parseInt(count, 16),
    ...named("personalise", personalise),
    ...named("contribute", contribute),
  };
}

function named(permission: (typeof permissions)[number], sign: string): Omit<Choices, "revision"> {
  return sign === "?" ? {} : { [permission]: sign === "+" };
}

function parseUncounted(text: string): Choices | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return null;
    const flags = Object.entries(value).filter(
      ([name, flag]) => (permissions as readonly string[]).includes(name) && typeof flag === "boolean",
    );
    return flags.length === 0 ? null : { ...Object.fromEntries(flags), revision: 1 };
  } catch {
    return null;
  }
}

function stricter(a: Choices, b: Choices): Omit<Choices, "revision"> {
  const flags = permissions.flatMap((permission) => {
    const words = [a[permission], b[permission]].filter((word) => word !== undefined);
    return words.length === 0 ? [] : [[permission, words.every(Boolean)] as const];
  });
  return Object.fromEntries(flags);
}
