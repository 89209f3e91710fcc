/**
 * The public keys of an issuer run by somebody else, read from its directory and kept. An id that is not
 * among them has the directory read again, at most once a minute, so that a key made since is found and a
 * flood of ids asks nothing.
 */
import { parseIssuerDirectory, tokenType } from "../../core/wire/tokens.ts";
import { hasPassed } from "../base/clock.ts";
import { readTokenKey, type TokenKey } from "./verify.ts";

export interface RemoteKeysParts {
  /** Answers with the directory's JSON. @throws when it cannot be had. */
  readonly fetchDirectory: () => Promise<unknown>;
  readonly nowMs: () => number;
  /** Told when the directory could not be read; the keys known stay in force. */
  readonly onTrouble: (message: string) => void;
}

const askAgainMs = 60_000;

export class RemoteKeys {
  readonly #parts: RemoteKeysParts;
  #keys: readonly TokenKey[] = [];
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | null = null;

  constructor(parts: RemoteKeysParts) {
    this.#parts = parts;
  }

  async keyOf(id: string): Promise<TokenKey | undefined> {
    const known = this.#keys.find((key) => key.id === id);
    if (known !== undefined) return known;
    await this.#refresh();
    return this.#keys.find((key) => key.id === id);
  }

  /** Id of the key that a new task should name: the first in the directory that is good for `forMs` more. */
  async preferred(forMs = 0): Promise<string | null> {
    await this.#refresh();
    const untilMs = this.#parts.nowMs() + forMs;
    return this.#keys.find((key) => key.untilMs > untilMs)?.id ?? null;
  }

  async #refresh(): Promise<void> {
    const { fetchDirectory, nowMs, onTrouble } = this.#parts;
    const mayAsk = hasPassed(askAgainMs, { sinceMs: this.#askedAtMs, nowMs: nowMs() });
    if (this.#asking === null && !mayAsk) return;
    this.#asking ??= fetchDirectory()
      .then((value) => {
        this.#keys = keysOf(value);
      })
      .catch((error: unknown) => onTrouble(`tokens: expected the issuer's directory, got ${error}`))
      .finally(() => {
        this.#askedAtMs = nowMs();
        this.#asking = null;
      });
    await this.#asking;
  }
}

function keysOf(value: unknown): readonly TokenKey[] {
  return parseIssuerDirectory(value)
    ["token-keys"].filter((entry) => entry["token-type"] === tokenType)
    .map((entry) => {
      // Other issuers name no end: then a nonce is remembered for ever.
      const untilMs = Math.min(
        (entry["not-after"] ?? Number.POSITIVE_INFINITY) * 1000,
        Number.MAX_SAFE_INTEGER,
      );
      return readTokenKey(new Uint8Array(Buffer.from(entry["token-key"], "base64url")), untilMs);
    });
}
