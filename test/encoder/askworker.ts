/** A question to the worker of a site's page (site.ts). */
import type { Page } from "@playwright/test";

declare global {
  interface Window {
    readonly worker: Worker;
  }
}

/** What the page's worker answers to a question. */
export function askWorker<Answer>(page: Page, question: unknown): Promise<Answer> {
  return page.evaluate(
    (sent) =>
      new Promise<Answer>((resolve, reject) => {
        const { worker } = window;
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage(sent);
      }),
    question,
  );
}
