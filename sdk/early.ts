/**
 * Asks for the edition, and on a first visit for its head, while the worker's file is still on its way: the
 * first shelf waits for all three. The page hands the answers on unread; the worker bounds, reads and judges
 * them as if it had asked itself.
 */
import { transfer } from "comlink";
import type { AskEarly, EarlyPath } from "../worker/api.ts";
import type { Page } from "./page.ts";

export interface EarlyQuestions {
  /** Where the model comes from: the relay, else the server. */
  readonly from: string;
  /** A visit without a database of this name is the first. */
  readonly database: string;
}

/** Asks at once; each answer is given away once. */
export function earlyAnswers(page: Page, { from, database }: EarlyQuestions): AskEarly {
  const asked = new Map<string, Promise<Response | null>>();
  const ask = (path: EarlyPath): void => {
    const response = page.ask(from.replace(/\/+$/, "") + path);
    if (response !== null)
      asked.set(
        path,
        response.catch(() => null),
      );
  };
  ask("/v1/edition");
  const allAsked = page.hasDatabase(database).then((has) => {
    if (has === false) ask("/v1/head");
  });
  return async (path) => {
    await allAsked;
    const response = await asked.get(path);
    asked.delete(path);
    const body = response?.ok ? response.body : null;
    return body == null ? null : transfer(body, [body]);
  };
}
