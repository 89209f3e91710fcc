/** A signal for what is under way: it says when nothing has moved for long, or nobody wants it any more. */

export interface Line {
  readonly signal: AbortSignal;
  /** Something has moved. */
  readonly moved: () => void;
  /** Nobody wants it any more. */
  readonly end: () => void;
  /** It is done: nothing is watched any more. */
  readonly over: () => void;
  /** Whether it ended because nothing moved. */
  readonly isSilent: () => boolean;
}

/** @param wanted aborted when who asked is gone */
export function untilSilent(silentMs: number, wanted: AbortSignal): Line {
  const ending = new AbortController();
  const end = () => ending.abort();
  let isSilent = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const moved = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      isSilent = true;
      end();
    }, silentMs);
  };
  if (wanted.aborted) end();
  wanted.addEventListener("abort", end);
  moved();
  return {
    signal: ending.signal,
    moved,
    end,
    over: () => {
      clearTimeout(timer);
      wanted.removeEventListener("abort", end);
    },
    isSilent: () => isSilent,
  };
}
