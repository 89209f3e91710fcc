/**
 * GET /v1/edition: the signed list of the parts in force, the same for everybody. Never conditional, never
 * kept: no request for it carries anything that only one device was given.
 */
import { Hono } from "hono";
import type { EditionAnswer } from "../../core/wire/editions.ts";
import type { TasksAnswer } from "../../core/wire/tasksanswer.ts";
import type { Editions } from "../publishing/editions.ts";
import type { HelperKeys } from "../tasks/keys/helperkeys.ts";
import { problem } from "./problem.ts";

export interface EditionParts {
  readonly editions: Pick<Editions, "inForce" | "newestIn">;
  readonly helperKeys: Pick<HelperKeys, "current">;
  readonly identities: TasksAnswer["identities"];
}

export function editionRoutes({ editions, helperKeys, identities }: EditionParts): Hono {
  return new Hono().get("/edition", async (c) => {
    const { inForce } = editions;
    if (inForce === null) {
      const detail = "expected an edition in force, got none: no catalogue has been imported yet";
      return problem(c, { status: 404, name: "no-edition", detail });
    }
    // Ranking needs no helper: without its word, what is published is served all the same, and each browser
    // judges for itself.
    const word = await helperKeys.current();
    const signed = (word === null ? null : await editions.newestIn(word.log)) ?? inForce.signed;
    const answer: EditionAnswer = {
      version: 3,
      edition: { ...signed },
      ...(word === null ? {} : { helper: { ...word.list }, log: word.log }),
      identities: { ...identities },
    };
    return c.json(answer, 200, { "cache-control": "no-store" });
  });
}
