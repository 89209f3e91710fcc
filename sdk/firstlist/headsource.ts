/**
 * The head of a server's edition, for a site's own server: `GET /v1/edition`, then the parts that it names
 * and that are not here yet. A part's name is the hash of its bytes, so what has the same name is not asked
 * for again.
 *
 * Both are the same for everybody, and nothing is asked that says who looks at the page. An answer is good
 * for a minute; what was good stays while the server does not answer. Whoever asks waits for a bounded time,
 * and the download goes on for the next.
 */
import { toHex } from "../../core/bytes.ts";
import { given } from "../../core/given.ts";
import type { CatalogueCard } from "../../core/model/card.ts";
import { type Edition, modelRefs, type PartRef, parseEdition } from "../../core/model/edition.ts";
import { parseHead } from "../../core/model/head.ts";
import { joinHead } from "../../core/model/join.ts";
import { modelLimits } from "../../core/model/limits.ts";
import { parsePolicy } from "../../core/model/policy.ts";
import type { ListPolicy } from "../../core/policy/listpolicy.ts";
import { rankingModelOf } from "../../core/ranking/fromjoined.ts";
import type { RankingModel } from "../../core/ranking/model.ts";
import { parseEditionAnswer } from "../../core/wire/editions.ts";

/** What a first list is made of. */
export interface FirstModel {
  /** By row. */
  readonly cards: readonly CatalogueCard[];
  /** By list. Of whom nothing is known they differ by what the site decides about each alone. */
  readonly rankings: Readonly<Record<"for-you" | "trending", RankingModel>>;
}

/** Asks a server, as the runtime's own `fetch`. */
export type Ask = (url: string, init: RequestInit) => Promise<Response>;

export const freshMs = 60_000;
/** A server that did not answer is left alone for so long. */
export const pauseMs = 5_000;
/** A download is given up then. */
const mostMs = 10_000;

export class HeadSource {
  readonly #server: string;
  readonly #ask: Ask;
  #model: FirstModel | null = null;
  /** The parts that `#model` is of. */
  #ids = "";
  #askAtMs = 0;
  #download: Promise<void> | null = null;

  /** @param server the address below which the server answers `/v1/…`. */
  constructor(server: string, ask: Ask) {
    this.#server = server.replace(/\/+$/, "");
    this.#ask = ask;
  }

  /**
   * The model in force as far as it is known; null while none is. It is never waited for longer than `timeoutMs`.
   *
   * @param nowMs milliseconds since the Unix epoch.
   */
  async model({
    nowMs,
    timeoutMs,
  }: Readonly<Record<"nowMs" | "timeoutMs", number>>): Promise<FirstModel | null> {
    if (nowMs >= this.#askAtMs) {
      this.#askAtMs = nowMs + freshMs;
      this.#download = this.#refresh().catch(() => {
        this.#askAtMs = nowMs + pauseMs;
      });
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const isOver = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([this.#download, isOver]);
    clearTimeout(timer);
    return this.#model;
  }

  async #refresh(): Promise<void> {
    const signal = AbortSignal.timeout(mostMs);
    const answer = await this.#bytes("/v1/edition", { signal, most: modelLimits.answerBytes });
    const { edition: signed } = parseEditionAnswer(JSON.parse(new TextDecoder().decode(answer)));
    const edition: Edition = parseEdition(JSON.parse(signed.document));
    const listed = modelRefs(edition).find(({ kind }) => kind === "policy");
    const ids = [edition.head.id, listed?.id, JSON.stringify(edition.model)].join(" ");
    if (ids === this.#ids) return;
    const [head, policy] = await Promise.all([
      this.#part(edition.head, signal).then(parseHead),
      listed === undefined ? null : this.#part(listed, signal).then(parsePolicy),
    ]);
    const joined = joinHead(head, edition.model);
    const ruledBy = (trending: ListPolicy | undefined): RankingModel =>
      rankingModelOf({ ...joined, policy: { ...given({ all: policy?.all, trending }) } });
    this.#model = {
      cards: head.cards,
      rankings: { "for-you": ruledBy(policy?.recommend), trending: ruledBy(policy?.trending) },
    };
    this.#ids = ids;
  }

  /** @throws {RangeError} for bytes that are not those that the edition names. */
  async #part({ id, bytes: most }: PartRef, signal: AbortSignal): Promise<Uint8Array> {
    const bytes = await this.#bytes(`/v1/parts/${id}`, { signal, most });
    const hash = toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
    if (hash !== id) throw new RangeError(`firstList: part must have the hash ${id}, got ${hash}`);
    return bytes;
  }

  async #bytes(
    path: string,
    { signal, most }: { readonly signal: AbortSignal; readonly most: number },
  ): Promise<Uint8Array<ArrayBuffer>> {
    const response = await this.#ask(this.#server + path, { signal });
    if (response.status !== 200) {
      throw new RangeError(`firstList: GET ${path}: expected status 200, got ${response.status}`);
    }
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length > most) {
      throw new RangeError(`firstList: GET ${path}: expected ${most} bytes at most, got ${bytes.length}`);
    }
    return bytes;
  }
}
