/** What axe finds on a page, shadow trees included. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type axe from "axe-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Moderate to axe, and what a widget does to the landmarks of every page that it stands in. */
const ofLandmarks: ReadonlySet<string> = new Set(["landmark-no-duplicate-banner", "landmark-unique"]);

/**
 * Serious and critical findings, and those of landmarks, each with where it is; what moves is let come to rest
 * first.
 */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)));
  await page.waitForTimeout(350);
  // Evaluated by the browser's own tools, which no policy of the page forbids.
  await page.evaluate(source);
  const { violations } = await page.evaluate(() => (Reflect.get(window, "axe") as typeof axe).run());
  return violations
    .filter(({ id, impact }) => impact === "serious" || impact === "critical" || ofLandmarks.has(id))
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target.join(" ")}: ${failureSummary}`),
    );
}
