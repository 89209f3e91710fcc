/** What an operator reads of a round or a training is what became of it. */
import { expect, test } from "vitest";
import type { RankerPart } from "../../core/model/ranker.ts";
import { standardVariety } from "../../server/kinds/ranker/learned.ts";
import { fewestForStages, type Verdict } from "../../server/publishing/gate.ts";
import { type Became, becameOf, outcomeText, rankerText } from "../../server/publishing/outcome.ts";
import { publishRanker } from "../../server/publishing/rankerrounds.ts";
import { publishSegments, segmentModelOf } from "../../server/publishing/segmentrounds.ts";
import { publishTrained } from "../../server/publishing/trained.ts";
import { segmentsPart } from "../segmentspart.ts";
import { admin, inForceOf, openServer, temporaryDirectory, testConfig } from "./harness.ts";

const part: RankerPart = {
  ...{ units: [{ shape: "linear", of: "joint" }], weights: [1], ...standardVariety },
  ...{ people: 30, origin: "logs" },
};
const measured = {
  ...{ variant: 0, people: 9, k: 10, variants: [0.3], candidate: 0.3 },
  ...{ inForce: 0.4, popularity: null },
};
const blind: Verdict = { verdict: "not measured", variant: 0 };
const passing: Verdict = { ...measured, verdict: "better or equal" };
const worse: Verdict = { ...measured, verdict: "refused", why: "worse-than-in-force" };
const astray: Verdict = { verdict: "refused", why: "too-long", detail: "item a" };
const few: Verdict = {
  ...{ ...measured, verdict: "refused", why: "ranker-not-measured" },
  unmeasured: { people: 3, became: "refused" },
};
const starts: Readonly<Record<Became, string>> = {
  ...{ published: "published", forced: "put in force by --force, " },
  ...{ refused: "refused", "in force already": "in force already" },
};

test("a line begins with what became of it, whatever the gate said, and goes on with why", () => {
  for (const became of ["published", "forced", "refused", "in force already"] as const) {
    for (const verdict of [blind, passing, worse, astray]) {
      expect(outcomeText(verdict, became).startsWith(starts[became]), `${became}`).toBe(true);
    }
    expect(outcomeText(worse, became)).toContain(
      "worse-than-in-force: recall@10 0.3000 (in force 0.4000; 9 people)",
    );
    expect(outcomeText(astray, became)).toContain("too-long, item a");
  }
  const left = { ...passing, unmeasured: { people: 3, became: "left out" } } as const;
  expect(outcomeText(left, "published")).toMatch(
    new RegExp(
      `; ranker left out: 3 people are held out to measure it on, expected at least ${fewestForStages}$`,
    ),
  );
});

test("a line on a ranker that was not measured never says that the gate let it pass", () => {
  const nobody = "nobody is held out to measure it on (gate.holdout)";
  expect(rankerText(blind, "refused")).toBe(`not served: ${nobody}`);
  expect(rankerText(blind, "forced")).toBe(`put in force by --force, not judged: ${nobody}`);
  expect(rankerText(few, "forced")).toMatch(/^put in force by --force, not judged: 3 people /);
  expect(rankerText(few, "refused")).toMatch(/^not served: 3 people /);
  expect(rankerText(worse, "forced")).toMatch(
    /^put in force by --force, refused by the gate, worse-than-in-force: /,
  );
});

test("what lists what is in force already was not published", () => {
  for (const verdict of [blind, passing]) {
    expect([becameOf(verdict, true), becameOf(verdict, false)]).toEqual(["published", "in force already"]);
  }
  expect([becameOf(worse, true), becameOf(worse, false)]).toEqual(["refused", "refused"]);
});

test("a ranker that nobody was asked about is in force by the operator's word alone, and once", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  await admin(server.app, "POST", "/catalogue", "id,title\na,Mug\nb,Lamp\nc,Clock\n");
  const { editions } = server.parts;
  const before = inForceOf(server);
  expect((await publishRanker(editions, part, false)).became).toBe("refused");
  expect(inForceOf(server).id).toBe(before.id);
  expect((await publishRanker(editions, part, true)).became).toBe("forced");
  expect(inForceOf(server).parts.ranker?.part).toEqual(part);
  const { id } = inForceOf(server);
  expect((await publishRanker(editions, part, true)).became).toBe("in force already");
  expect(inForceOf(server).id).toBe(id);
  // Beside other factors it is another order of lists, which nobody was asked about and nobody forced.
  const inForce = inForceOf(server);
  const factors = inForce.learned.factors.map((_, at) => ((at % 7) - 3) / 9);
  const people = inForce.learned.people.map(() => 9);
  const learned = { ...inForce.learned, factors, people, counts: people };
  const { verdict, became } = await publishTrained(editions, inForce, learned, false);
  expect(outcomeText(verdict, became)).toBe(
    "published, not measured: no logs of people held out (gate.holdout); ranker left out",
  );
  expect(inForceOf(server).parts.ranker).toBeNull();
});

test("segments of a round that are in force already are no other edition, and their line says so", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  await admin(server.app, "POST", "/catalogue", "id,title\na,Mug\nb,Lamp\n");
  const { editions } = server.parts;
  const segments = segmentsPart();
  const { publish } = segmentModelOf(editions);
  expect((await publish(segments)).outcome).toBe("published: 2 segments of 1234 people");
  await publishSegments(editions, segments);
  expect(await publish(segments)).toEqual({ outcome: "in force already: 2 segments of 1234 people" });
});
