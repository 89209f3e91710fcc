/** Bodies on their way through: in pieces as they come, up to a limit. */

export interface Watch {
  /** Called for each piece that has gone on. */
  readonly onPiece: () => void;
  readonly onEnd: (end: BodyEnd) => void;
}

/** "left": its reader wants no more of it. */
export type BodyEnd = "whole" | "broken" | "too long" | "left";

/** @param most bytes; a piece beyond them is not passed on, and the stream fails */
export function watched(
  body: ReadableStream<Uint8Array>,
  most: number,
  { onPiece, onEnd }: Watch,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let bytes = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const fail = (end: BodyEnd, error: unknown) => {
          onEnd(end);
          reader.cancel(error).catch(() => undefined);
          controller.error(error);
        };
        try {
          const { done, value } = await reader.read();
          bytes += value?.length ?? 0;
          if (done) {
            onEnd("whole");
            controller.close();
          } else if (bytes > most) {
            fail("too long", new RangeError(`body: expected at most ${most} bytes, got more`));
          } else {
            onPiece();
            controller.enqueue(value);
          }
        } catch (error) {
          fail("broken", error);
        }
      },
      cancel: (reason) => {
        onEnd("left");
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
