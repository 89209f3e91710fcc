/** Decisions that are made inside a transaction. */

/** What a decision came to. What it throws is no failure of the database's, to be tried again. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly cause: unknown };

export function attempt<T>(decide: () => T): Outcome<T> {
  try {
    return { ok: true, value: decide() };
  } catch (cause) {
    return { ok: false, cause };
  }
}

export function decided<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw outcome.cause;
  return outcome.value;
}
