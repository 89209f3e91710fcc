/** Everything in server/ that writes a file: how it is made to write, and what is read of it again. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { vi } from "vitest";
import { messageOf } from "../../../core/errors.ts";
import { dayMs } from "../../../core/time.ts";
import { emptyLog } from "../../../core/wire/log.ts";
import { directoryPath, parseIssuerDirectory } from "../../../core/wire/tokens.ts";
import { parseConfig } from "../../../server/base/config.ts";
import type { Log } from "../../../server/base/log.ts";
import { tellFaults } from "../../../server/cli/reading.ts";
import { readPictureIndex, writePictureIndex } from "../../../server/encoders/pictures/pictureindex.ts";
import { holdsAdminToken, openAdminKey } from "../../../server/http/adminkey.ts";
import { GatewayKeys } from "../../../server/relay/gatewaykeys.ts";
import { openTokens } from "../../../server/roles/tokens.ts";
import { HelperKeys } from "../../../server/tasks/keys/helperkeys.ts";
import { Identity } from "../../../server/tasks/keys/identity.ts";
import { KeyRing } from "../../../server/tasks/keys/keyring.ts";
import { IssuerKeys } from "../../../server/tokens/keys.ts";

export const startMs = 1_800_000_000_000;

/** A writer at work in one folder. */
export interface WriterAtWork {
  /** Makes it write again. @throws when it could not. */
  readonly write: () => Promise<void>;
  /** What a new process reads, as far as anybody relies on it. @throws when it refuses the file. */
  readonly read: () => Promise<unknown>;
}

export interface Writer {
  readonly module: string;
  readonly file: string;
  readonly open: (folder: string) => Promise<WriterAtWork>;
  /** Never again: a file that is there stays as it is. */
  readonly writesOnce: boolean;
  /** People read it, and no process relies on what it says. */
  readonly isForPeople?: boolean;
}

const times = [0, 10, 20, 30, 45, 60].map((days) => startMs + days * dayMs);

/** Fails as the log says that something was not written or not used. */
function loud(): { readonly log: Log; readonly check: () => void } {
  const told: string[] = [];
  return {
    log: (event, fields) => void told.push(`${event} ${JSON.stringify(fields)}`),
    check: () => {
      if (told.length > 0) throw new Error(told[0]);
    },
  };
}

export const writers: readonly Writer[] = [
  {
    module: "cli/reading.ts",
    file: "feed.csv.faults.txt",
    ...{ writesOnce: false, isForPeople: true },
    open: async (folder) => {
      let faults: readonly string[] = [];
      return {
        write: async () => {
          faults = [...faults, `feed.csv:${faults.length + 2}: title must be given, got nothing`];
          tellFaults(join(folder, "feed.csv"), faults, () => undefined);
        },
        read: async () => readFileSync(join(folder, "feed.csv.faults.txt"), "utf8"),
      };
    },
  },
  {
    module: "encoders/pictures/pictureindex.ts",
    file: "pictures.json",
    writesOnce: false,
    open: async (folder) => {
      const index = new Map<string, string>();
      return {
        write: async () => {
          index.set(`${index.size}.jpg`, String(index.size % 10).repeat(64));
          writePictureIndex(folder, index);
        },
        read: async () => [...readPictureIndex(folder)],
      };
    },
  },
  {
    module: "tasks/keys/identity.ts",
    file: "identity.json",
    writesOnce: true,
    open: async (folder) => {
      const path = join(folder, "identity.json");
      return {
        write: async () => void Identity.open(path),
        read: async () => {
          const identity = Identity.open(path);
          return [identity.publicKey, identity.sign("task", { a: 1 })];
        },
      };
    },
  },
  {
    module: "tasks/keys/keyring.ts",
    file: "keys.json",
    writesOnce: false,
    open: async (folder) => {
      const path = join(folder, "keys.json");
      const open = () => KeyRing.open({ path, aggregator: "helper", nowMs: startMs });
      return {
        write: async () => void (await (await open()).rotateNow(startMs)),
        read: async () => {
          const ring = await open();
          return times.map((atMs) => ring.publicKeys(atMs));
        },
      };
    },
  },
  {
    module: "relay/gatewaykeys.ts",
    file: "gateway-keys.json",
    writesOnce: false,
    open: async (folder) => {
      const path = join(folder, "gateway-keys.json");
      const open = () => GatewayKeys.open({ path, nowMs: startMs });
      return {
        write: async () => (await open()).rotateNow(startMs),
        read: async () => {
          const keys = await open();
          return times.map((atMs) => Buffer.from(keys.encoded(atMs)).toString("hex"));
        },
      };
    },
  },
  {
    module: "tokens/keys.ts",
    file: "issuer-keys.json",
    writesOnce: false,
    open: async (folder) => {
      const clock = { nowMs: startMs };
      const open = () =>
        IssuerKeys.open({
          path: join(folder, "issuer-keys.json"),
          rotateMs: dayMs,
          overlapMs: 400 * dayMs,
          nowMs: () => clock.nowMs,
        });
      return {
        write: async () => {
          const keys = await open();
          clock.nowMs += dayMs;
          try {
            await keys.current();
          } catch (error) {
            clock.nowMs -= dayMs;
            throw error;
          }
        },
        read: async () => (await (await open()).current()).map(({ id, untilMs }) => [id, untilMs]),
      };
    },
  },
  {
    module: "tasks/keys/helperkeys.ts",
    file: "helper-keylist.json",
    writesOnce: false,
    open: async (folder) => {
      const identity = Identity.open(join(folder, "other-identity.json"));
      const path = join(folder, "helper-keylist.json");
      const state = { atMs: startMs };
      const signed = () =>
        identity.sign("keys", {
          ...{ role: "helper", origin: null, gateway: null, issuer: null, log: { ...emptyLog } },
          keys: [{ id: 1, key: "ab".repeat(32) }],
          issuedAtMs: state.atMs,
          expiresAtMs: state.atMs + 3 * dayMs,
        });
      const down = () => Promise.reject(new Error("down"));
      const open = (log: Log, isUp: boolean) => {
        const word = { start: 0, before: emptyLog.hash, entries: [] };
        const helper = { keys: isUp ? async () => ({ list: signed(), log: word }) : down, log: down };
        return HelperKeys.open({ helper, identity: identity.publicKey, path, nowMs: () => startMs, log });
      };
      return {
        write: async () => {
          state.atMs += 1;
          const { log, check } = loud();
          await (await open(log, true)).refresh();
          check();
        },
        read: async () => {
          const { log, check } = loud();
          const helperKeys = await open(log, false);
          check();
          const word = await helperKeys.current();
          return word?.list;
        },
      };
    },
  },
  {
    module: "roles/tokens.ts",
    file: "issuer-directory.json",
    writesOnce: false,
    open: async (folder) => {
      const issuer = await IssuerKeys.open({
        path: join(folder, "issuer-keys.json"),
        ...{ rotateMs: dayMs, overlapMs: 400 * dayMs, nowMs: () => startMs },
      });
      const [{ bytes }] = await issuer.current();
      const state = { uses: 0 };
      const directory = () => ({
        "issuer-request-uri": "/v1/tokens",
        "token-keys": [
          {
            "token-type": 2,
            "token-key": Buffer.from(bytes).toString("base64url"),
            "not-after": startMs / 1000 + 400 * 86_400 + state.uses,
          },
        ],
      });
      const config = parseConfig({ data: folder, tokens: { required: true, issuer: "http://127.0.0.1:9" } });
      const open = async (isUp: boolean) => {
        const { log, check } = loud();
        vi.stubGlobal("fetch", async (url: string) => {
          if (!isUp || !url.endsWith(directoryPath)) throw new Error("down");
          return Response.json(directory());
        });
        try {
          const tokens = await openTokens({ config, nowMs: () => startMs, log });
          tokens?.close();
          check();
          return tokens?.preferred();
        } finally {
          vi.unstubAllGlobals();
        }
      };
      return {
        write: async () => {
          state.uses += 1;
          await open(true);
        },
        read: async () => {
          const preferred = await open(false);
          const kept: unknown = JSON.parse(readFileSync(join(folder, "issuer-directory.json"), "utf8"));
          return [preferred, parseIssuerDirectory(kept)];
        },
      };
    },
  },
  {
    module: "http/adminkey.ts",
    file: "admin-token.sha256",
    writesOnce: true,
    open: async (folder) => ({
      write: async () => void openAdminKey({ data: folder, adminTokenHash: undefined }),
      read: async () => {
        const key = openAdminKey({ data: folder, adminTokenHash: undefined });
        const token = readFileSync(join(folder, "admin-token"), "utf8").trim();
        // A hash that no token has lets nobody in: refused as well.
        if (!holdsAdminToken(key, `Bearer ${token}`)) throw new Error("the token is not the hash's");
        return Buffer.from(key.hash).toString("hex");
      },
    }),
  },
];

/** What is read, or why not. */
export async function outcomeOf(read: () => Promise<unknown>): Promise<unknown> {
  try {
    return await read();
  } catch (error) {
    return { refused: messageOf(error) };
  }
}
