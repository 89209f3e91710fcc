import { expect, test } from "vitest";
import { bodyOf, jsonOf } from "../../worker/door/body.ts";

/** An answer that never ends, and how many pieces of 1,000 bytes were taken of it. */
function endless(): { readonly response: Response; readonly taken: () => number } {
  let taken = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      taken += 1;
      controller.enqueue(new Uint8Array(1000));
    },
  });
  return { response: new Response(body), taken: () => taken };
}

test("an answer without end is refused at the bound, and nothing more of it is read", async () => {
  const { response, taken } = endless();
  await expect(bodyOf(response, "GET /x", 5000)).rejects.toThrow(
    "GET /x: expected 5000 bytes at most, got more",
  );
  expect(taken()).toBeLessThanOrEqual(8);
});

test("an answer of exactly the bound is read whole, and JSON comes back as it was sent", async () => {
  const bytes = Uint8Array.from({ length: 5000 }, (_, k) => k % 251);
  expect(await bodyOf(new Response(bytes), "GET /x", 5000)).toEqual(bytes);
  expect(await jsonOf(new Response('{"a":["é"]}'), "GET /x")).toEqual({ a: ["é"] });
});
