/**
 * GET /v1/edition: the signed list of the parts in force, the same for everybody. Never conditional, never
 * kept: no request for it carries anything that only one device was given.
 *
 * GET /v1/head: the head of that very edition, as a part is served, for a first visit that asks for both at
 * once. Its reader compares it with the hash that the edition names.
 */
import { type Context, Hono } from "hono";
import type { EditionAnswer } from "../../core/wire/editions.ts";
import type { SignedDocument } from "../../core/wire/signed.ts";
import type { TasksAnswer } from "../../core/wire/tasksanswer.ts";
import type { Editions } from "../publishing/editions.ts";
import { editionOf } from "../publishing/loading.ts";
import type { HelperKeys } from "../tasks/keys/helperkeys.ts";
import { partResponse } from "./parts.ts";
import { problem } from "./problem.ts";

export interface EditionParts {
  readonly editions: Pick<Editions, "inForce" | "newestIn" | "part">;
  readonly helperKeys: Pick<HelperKeys, "current">;
  readonly identities: TasksAnswer["identities"];
}

export function editionRoutes({ editions, helperKeys, identities }: EditionParts): Hono {
  const app = new Hono();
  app.get("/edition", async (c) => {
    const listed = await listedNow();
    if (listed === null) return noEdition(c);
    const { signed, word } = listed;
    const answer: EditionAnswer = {
      version: 3,
      edition: { ...signed },
      ...(word === null ? {} : { helper: { ...word.list }, log: word.log }),
      identities: { ...identities },
    };
    return c.json(answer, 200, { "cache-control": "no-store" });
  });
  app.get("/head", async (c) => {
    const listed = await listedNow();
    const head = listed === null ? undefined : await editions.part(headIdOf(listed.signed));
    return head === undefined ? noEdition(c) : partResponse(c, head, "no-store");
  });
  return app;

  /**
   * Ranking needs no helper: without its word, what is published is served all the same, and each browser
   * judges for itself.
   */
  async function listedNow(): Promise<Listed | null> {
    const { inForce } = editions;
    if (inForce === null) return null;
    const word = await helperKeys.current();
    const vouched = word === null ? null : await editions.newestIn(word.log);
    return { signed: vouched ?? inForce.signed, word };
  }

  function headIdOf(signed: SignedDocument): string {
    const { inForce } = editions;
    const edition = signed === inForce?.signed ? inForce.edition : editionOf(signed.document);
    return edition.head.id;
  }
}

interface Listed {
  readonly signed: SignedDocument;
  /** What the helper says of it; null where it was not reached. */
  readonly word: Awaited<ReturnType<HelperKeys["current"]>>;
}

function noEdition(c: Context): Response {
  const detail = "expected an edition in force, got none: no catalogue has been imported yet";
  return problem(c, { status: 404, name: "no-edition", detail });
}
