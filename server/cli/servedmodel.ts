/** The model in force of a server that has the data directory, put together as browsers do. */
import * as v from "valibot";
import { toHex } from "../../core/bytes.ts";
import type { JoinedModel } from "../../core/model/join.ts";
import { sha256 } from "../base/platform.ts";
import { joined } from "../publishing/draft.ts";
import { editionOf, readParts } from "../publishing/loading.ts";
import type { AdminApi } from "./reach.ts";

const modelSchema = v.object({ document: v.string() });
/** Of which no ranking is made. */
const unread: ReadonlySet<string> = new Set(["words", "encoder", "meanings", "segments"]);

/** @throws {Error} for a part that is not what its name says. */
export async function servedModel(api: Pick<AdminApi, "get" | "part">): Promise<JoinedModel> {
  const { document } = v.parse(modelSchema, await api.get("/model"));
  const edition = editionOf(document);
  const listed = edition.parts.filter(({ kind }) => !unread.has(kind));
  const bytes = new Map<string, Uint8Array>();
  for (const { id } of listed) {
    const part = await api.part(id);
    const found = toHex(await sha256(part));
    if (found !== id) throw new Error(`servedModel: part must have the hash ${id}, got ${found}`);
    bytes.set(id, part);
  }
  const parts = readParts({ parts: listed }, (id) => bytes.get(id) ?? new Uint8Array(0));
  return joined(parts, edition.model);
}
