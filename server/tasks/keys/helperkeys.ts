/**
 * The leader's copy of what the helper says of itself: its key list, and the last entries of its log, which
 * lead to the head in that list and go on from the head seen before.
 */
import { existsSync } from "node:fs";
import * as v from "valibot";
import { messageOf } from "../../../core/errors.ts";
import { type KeyList, parseKeyList } from "../../../core/wire/keylist.ts";
import { followLog, type LogHead, type LogTail } from "../../../core/wire/log.ts";
import { openSigned } from "../../../core/wire/signed.ts";
import { hasPassed, isAhead } from "../../base/clock.ts";
import type { Log } from "../../base/log.ts";
import { sha256 } from "../../base/platform.ts";
import { readState, writeState } from "../../base/statefile.ts";
import type { HelperClient, HelperWord } from "../helperclient.ts";
import { wordSchema } from "../helperwire.ts";
import { verifyEd25519 } from "./identity.ts";

/** The helper is asked for its list this often, and after a failure this soon again. */
const askEveryMs = 600_000;
const askAgainMs = 10_000;

export interface HelperKeysParts {
  readonly helper: Pick<HelperClient, "keys" | "log">;
  /** The helper's identity, as the leader pinned it. */
  readonly identity: string;
  /** Where its last word is kept, for when the helper is not reached at a start; null keeps none. */
  readonly path: string | null;
  readonly nowMs: () => number;
  readonly log: Log;
}

/** A word whose signature, dates and chain are right. */
export interface KnownWord extends HelperWord {
  /** What its log leads to. */
  readonly head: LogHead;
}

interface Known {
  readonly word: KnownWord;
  readonly list: KeyList;
}

/** Asked for now and then, and good until its key list expires when nobody answers. */
export class HelperKeys {
  #last: Known | null = null;
  /** When it was asked last, and for how long it is not asked again. */
  #asked = { atMs: Number.NEGATIVE_INFINITY, restMs: 0 };
  #asking: Promise<void> | null = null;
  /** False after a word could not be written. */
  #isKept = true;

  readonly #parts: HelperKeysParts;

  private constructor(parts: HelperKeysParts) {
    this.#parts = parts;
  }

  static async open(parts: HelperKeysParts): Promise<HelperKeys> {
    const helperKeys = new HelperKeys(parts);
    const { path } = parts;
    if (path === null || !existsSync(path)) return helperKeys;
    try {
      const kept = v.parse(wordSchema, readState(path));
      helperKeys.#last = await helperKeys.#known(kept);
    } catch (error) {
      parts.log("helper's kept key list is not used", { why: messageOf(error) }, "warn");
    }
    return helperKeys;
  }

  /**
   * What to give to browsers; null when the helper was never reached, not for so long that its list expired,
   * or when its clock is ahead of this one: browsers take no list of the future.
   */
  async current(): Promise<KnownWord | null> {
    const { atMs, restMs } = this.#asked;
    if (hasPassed(restMs, { sinceMs: atMs, nowMs: this.#parts.nowMs() })) {
      const asking = this.#asking ?? this.#ask();
      // With a list that is good nobody waits for the helper.
      if (this.#good() === null) await asking;
    }
    return this.#good();
  }

  /** As `current`, from an answer to a question that is asked after this call. */
  async refresh(): Promise<KnownWord | null> {
    while (this.#asking !== null) await this.#asking;
    await this.#ask();
    return this.#good();
  }

  /** Whether the helper's last list names this key. */
  accepts(keyId: number): boolean {
    return this.#last?.list.keys.some(({ id }) => id === keyId) ?? false;
  }

  #good(): KnownWord | null {
    if (this.#last === null) return null;
    const nowMs = this.#parts.nowMs();
    const { issuedAtMs, expiresAtMs } = this.#last.list;
    return nowMs < expiresAtMs && !isAhead(issuedAtMs, nowMs) ? this.#last.word : null;
  }

  /** Never rejects: without an answer the word before stays. */
  #ask(): Promise<void> {
    const { nowMs, log } = this.#parts;
    this.#asked = { atMs: nowMs(), restMs: askAgainMs };
    this.#asking = this.#askNow()
      .catch((error) => log("helper gave no key list", { why: messageOf(error) }, "warn"))
      .finally(() => {
        this.#asking = null;
      });
    return this.#asking;
  }

  async #askNow(): Promise<void> {
    const { helper, path, nowMs } = this.#parts;
    const known = await this.#known(await helper.keys());
    const { issuedAtMs, expiresAtMs } = known.list;
    if (expiresAtMs <= nowMs()) throw new RangeError("the helper's key list has expired");
    if (isAhead(issuedAtMs, nowMs())) {
      throw new RangeError(
        `the helper's key list must not be of the future, got one of ${new Date(issuedAtMs).toISOString()}: one of the two clocks is wrong`,
      );
    }
    const kept = this.#last;
    this.#last = known;
    this.#asked = { atMs: nowMs(), restMs: askEveryMs };
    if (path !== null && (!this.#isKept || known.word.list.signature !== kept?.word.list.signature)) {
      this.#keep(known.word, path);
    }
  }

  /** A disk that takes it not is no reason to go without it: it is tried again with the next. */
  #keep({ list, log }: KnownWord, path: string): void {
    try {
      writeState(path, { list: { ...list }, log });
      this.#isKept = true;
    } catch (error) {
      this.#isKept = false;
      this.#parts.log("helper's key list is not kept", { why: messageOf(error) }, "error");
    }
  }

  async #known({ list: signed, log }: HelperWord): Promise<Known> {
    const { identity } = this.#parts;
    const list = parseKeyList(await openSigned("keys", signed, { key: identity, verify: verifyEd25519 }));
    if (list.role !== "helper") throw new TypeError(`a helper's key list was expected, got a ${list.role}'s`);
    const { log: head } = list;
    if (head === null)
      throw new TypeError("a head of the log was expected in the helper's key list, got none");
    await this.#follow(log, head);
    return { word: { list: signed, log, head }, list };
  }

  /** @throws when the log does not go on from the one before. */
  async #follow(tail: LogTail, head: LogHead): Promise<void> {
    const { helper, log } = this.#parts;
    const seen = this.#last?.word.head ?? null;
    try {
      await followLog({ tail, whole: () => helper.log() }, { head, seen, sha256 });
    } catch (error) {
      // No browser that was here before will take it: the operators must talk.
      if (error instanceof RangeError) log("helper's log does not go on", { why: messageOf(error) }, "error");
      throw error;
    }
  }
}
