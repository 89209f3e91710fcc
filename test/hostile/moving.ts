/** Grammars of the files and codes in which a person's data move between devices. */
import { randomBytes } from "node:crypto";
import { codeText, parseCode } from "../../core/moving/code.ts";
import { encodeHeader, padded, parseSealedFile, readPadded } from "../../core/moving/container.ts";
import { encodeContents, parseContents } from "../../worker/moving/contents.ts";
import { Refused } from "../../worker/moving/refused.ts";
import { openedCopy, readFile, sealedCopy } from "../../worker/moving/seal.ts";
import type { Grammar } from "./campaign.ts";
import { ofBytes, ofTexts } from "./messages.ts";
import { isCoreRefusal } from "./refusals.ts";

const site = "https://shop.example";
const key = randomBytes(18);
const atMs = Date.UTC(2026, 2, 1);

const contents = encodeContents({
  journal: [
    { id: "a", kind: "view", item: "84879", atMs, position: 2, list: "for-you" },
    { id: "b", kind: "search", query: "mug", atMs },
    { id: "c", kind: "fact", fact: "categories", value: ["Mugs"], atMs },
  ],
  refused: ["contribute"],
  origins: ["ab".repeat(16)],
  load: {
    claims: { origins: ["ab".repeat(16)], rights: ["ab".repeat(16)] },
    answeredTasks: ["cd".repeat(32)],
    spent: { days: [{ day: 20_000, rho: 0.04 }], lifetime: 0.04, sinceDay: 20_000 },
    entries: [
      {
        ...{ id: "r", atMs, bytes: 850, sha256: "0".repeat(64) },
        sums: [{ task: "cd".repeat(32), kind: "activity", round: 1, block: 0, rho: null, state: "accepted" }],
      },
    ],
  },
});

const isRefusal = (error: unknown): boolean => error instanceof Refused || isCoreRefusal(error);

export async function movingGrammars(): Promise<readonly Grammar<unknown>[]> {
  const fill = (bytes: Uint8Array): void => void bytes.set(randomBytes(bytes.length));
  const file = await sealedCopy(contents, { key, site, fill });
  const head = {
    sort: "move" as const,
    siteTag: randomBytes(6),
    lockTag: randomBytes(6),
    salt: randomBytes(32),
  };
  const small = Buffer.concat([encodeHeader(head, 40), randomBytes(40)]);
  const open = async (bytes: Uint8Array): Promise<unknown> => {
    const content = await openedCopy(await readFile(bytes, site), { key, site });
    // What opens is what was sealed: AES-GCM lets nothing else through.
    if (content !== contents) throw new Error("expected a changed file to be refused, got it opened");
    return content;
  };
  return [
    ofTexts("core/moving/code.ts#parseCode", [codeText(randomBytes(37)), codeText(key)], parseCode),
    ofBytes("core/moving/container.ts#parseSealedFile", [file, small], parseSealedFile),
    ofBytes("core/moving/container.ts#readPadded", [padded(randomBytes(60)).subarray(0, 200)], readPadded),
    ofTexts("worker/moving/contents.ts#parseContents", [contents], parseContents),
    ofBytes("worker/moving/seal.ts#readFile", [file], open, isRefusal),
  ];
}
