/**
 * A call of the page that waits for page.js, and how it is written where it outlives the page: as it was
 * made, by its name and arguments. What it says is read once, strictly, by whoever has what it takes
 * (rest/recorded.ts).
 */

export interface Call {
  /** Of what it says: events of one call have ids made of it. */
  readonly id: string;
  readonly name: string;
  /** As they were when it was made. */
  readonly args: readonly unknown[];
  readonly atMs: number;
  /** The last erasure when it was made; null when there was none, or nobody knows. */
  readonly erasure: string | null;
  /** Takes what the rest makes of it; or, without it, whatever is plain. */
  readonly answer: (ofRest: (() => unknown) | null) => void;
}

/** What of it is written down. */
export type WrittenCall = Pick<Call, "id" | "name" | "args" | "atMs">;

/** Methods that say something to be kept. */
export function isSaying(name: string): boolean {
  return /^(track|declare|steer|pause|resume)$/.test(name);
}

/** Whether more is lost with it than what somebody looked at: any but these kinds (backlog.ts). */
export function weighs({ name, args }: WrittenCall): boolean {
  return name !== "track" || !/^(view|hover|impression|search|dwell|click)$/.test(args[0] as string);
}

/** As text; what is no JSON is text in it, and is read or refused as such. */
export function textOf(calls: readonly WrittenCall[]): string {
  const written = calls.map(({ id, name, args, atMs }) => ({ id, name, args, atMs }));
  return JSON.stringify(written, (_, value) =>
    // The difference is 0 of finite numbers alone.
    typeof value === "bigint" || (typeof value === "number" && value - value !== 0) ? `${value}` : value,
  );
}
