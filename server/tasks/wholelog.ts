/**
 * The helper's whole log as the leader gives it out, for browsers that come after a long time. It is asked
 * for once, then goes on by the last entries that come with the helper's key list.
 */
import { messageOf } from "../../core/errors.ts";
import { checkLog, joinTails, type LogTail, mostEntries } from "../../core/wire/log.ts";
import { hasPassed } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { sha256 } from "../base/platform.ts";
import type { HelperClient } from "./helperclient.ts";
import type { HelperKeys, KnownWord } from "./keys/helperkeys.ts";

/** After a failure the helper is asked this soon again. */
const askAgainMs = 10_000;

export interface WholeLogParts {
  readonly helper: Pick<HelperClient, "log">;
  readonly helperKeys: Pick<HelperKeys, "current">;
  readonly nowMs: () => number;
  readonly log: Log;
}

export class WholeLog {
  readonly #parts: WholeLogParts;
  #kept: LogTail | null = null;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | null = null;

  constructor(parts: WholeLogParts) {
    this.#parts = parts;
  }

  /** Up to the head that browsers are given; null when the helper was not reached for it. */
  async current(): Promise<LogTail | null> {
    const { helperKeys, nowMs } = this.#parts;
    const word = await helperKeys.current();
    if (word === null) return null;
    const known = upTo(word, this.#kept);
    const mayAsk = hasPassed(askAgainMs, { sinceMs: this.#failedAtMs, nowMs: nowMs() });
    if (known !== null || !mayAsk) return known;
    this.#asking ??= this.#ask(word).finally(() => {
      this.#asking = null;
    });
    await this.#asking;
    return upTo(word, this.#kept);
  }

  async #ask(word: KnownWord): Promise<void> {
    const { helper, nowMs, log } = this.#parts;
    try {
      const whole = await helper.log();
      await checkLog(joinTails(whole, word.log), { head: word.head, seen: null, sha256 });
      this.#kept = whole;
    } catch (error) {
      this.#failedAtMs = nowMs();
      log("helper gave no log", { why: messageOf(error) }, "warn");
    }
  }
}

/** What is kept and the last entries as one; null when they do not meet, or are more than can be sent. */
function upTo({ log, head }: KnownWord, kept: LogTail | null): LogTail | null {
  if (kept === null) return null;
  const joined = joinTails(kept, log);
  const isWhole = joined.start === kept.start && joined.start + joined.entries.length === head.size;
  return isWhole && joined.entries.length <= mostEntries ? joined : null;
}
