/**
 * One thing that a look at a page found. `wrong` breaks something; `note` works, and could be better, or is as
 * it is for a reason that its owner should know.
 */
export interface Finding {
  readonly level: "ok" | "note" | "wrong";
  readonly title: string;
  /** What to do, where there is something to do. */
  readonly advice?: string;
}

export const ok = (title: string): Finding => ({ level: "ok", title });

export const note = (title: string, advice?: string): Finding => ({
  level: "note",
  title,
  ...(advice && { advice }),
});

export const wrong = (title: string, advice: string): Finding => ({ level: "wrong", title, advice });
