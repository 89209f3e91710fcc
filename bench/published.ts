/** What a server publishes, as a browser gets it: the edition, its parts, joined. */

import { editionIdOf, modelRefs } from "../core/model/edition.ts";
import type { JoinedModel } from "../core/model/join.ts";
import { parseEditionAnswer } from "../core/wire/editions.ts";
import { sha256 } from "../server/base/platform.ts";
import { joined } from "../server/publishing/draft.ts";
import { editionOf, readParts } from "../server/publishing/loading.ts";

export interface Published {
  readonly edition: string;
  readonly model: JoinedModel;
}

/** @param get asks the server for a path, for example "/v1/edition". */
export async function publishedBy(get: (path: string) => Promise<Response>): Promise<Published> {
  const { document } = parseEditionAnswer(await (await get("/v1/edition")).json()).edition;
  const edition = editionOf(document);
  const bytes = new Map<string, Uint8Array>();
  const refs = modelRefs(edition);
  for (const { id } of refs) {
    bytes.set(id, new Uint8Array(await (await get(`/v1/parts/${id}`)).arrayBuffer()));
  }
  const parts = readParts({ parts: [...refs] }, (id) => bytes.get(id) ?? new Uint8Array(0));
  return { edition: await editionIdOf(document, sha256), model: joined(parts, edition.model) };
}
