/**
 * Whether contributing happens in real life: visitors of three minutes on the production set-up (leader, helper,
 * issuer, relay, pins, tokens), with the real worker and a clock that runs faster.
 *
 *     npm run bench:visits -- [--visitors 60] [--speed 20] [--quick]
 *
 * Prints how many send a report in their first visit, what is asked for over three visits, how thirty and two
 * thousand fare behind one address, and what a flood from one address gets. Fails where fewer than 0.9 send
 * one, one of the thirty does not, or the flood gets more than an address's tokens of a day.
 */
import { parseArgs } from "node:util";
import { seededRandom } from "../core/seeded.ts";
import { hourMs } from "../core/time.ts";
import { parseIssuerDirectory } from "../core/wire/tokens.ts";
import { begin } from "../worker/contribute/privacypass.ts";
import type { Draw } from "./clock/world.ts";
import { writeResults } from "./results.ts";
import { daysBehind } from "./visits/behind.ts";
import { FastClock } from "./visits/clock.ts";
import { type Production, production } from "./visits/setup.ts";
import { type Visited, Visitor } from "./visits/visitor.ts";

const { values } = parseArgs({
  options: {
    visitors: { type: "string", default: "60" },
    speed: { type: "string", default: "20" },
    quick: { type: "boolean", default: false },
  },
});
const visitors = values.quick ? 12 : Number(values.visitors);
const speed = Number(values.speed);
const atOnce = 6;
const fast = new FastClock(speed);
/** Pages that are over in seconds need a clock nearer to the one on the wall: there a page's start counts. */
const slower = new FastClock(speed / 5);
const visitMs = 180_000;
const perDay = 120;

const styles: readonly {
  readonly name: string;
  readonly pageMs: (draw: Draw) => number;
  readonly clock: FastClock;
}[] = [
  { name: "one page", pageMs: () => visitMs, clock: fast },
  { name: "a page every 5 to 60 s", pageMs: (draw) => 5_000 + draw() * 55_000, clock: fast },
  { name: "a page every 2 to 5 s", pageMs: (draw) => 2_000 + draw() * 3_000, clock: slower },
];
let isHeld = true;
const results: Record<string, unknown> = { visitors, speed };

const set = await production({ port: 18_460, items: 200 });
try {
  for (const [k, style] of styles.entries()) await firstVisits(set, style, k);
  await threeVisits(set);
  await oneAddress(set);
  await behindOne();
  await flood(set);
} finally {
  await set.stop();
}
writeResults("visits", results);
if (!isHeld) {
  console.error(
    "visits: expected reports of 9 in 10 first visits and of all behind an address, and a flood's bound",
  );
  process.exitCode = 1;
}
// Sockets that are kept alive are of no use any more.
process.exit();

async function firstVisits(
  on: Production,
  { name, pageMs, clock }: (typeof styles)[number],
  place: number,
): Promise<void> {
  const visited = await inTurn(visitors, (k) =>
    visitorOf(on, `first-${place}-${k}`, `198.51.${100 + place}.${k}`, clock).visit(visitMs, pageMs),
  );
  const times = timesOf(visited);
  const share = times.length / visitors;
  const quartiles = [0.25, 0.5, 0.75].map((part) =>
    Math.round(times[Math.floor(part * times.length)] / 1000),
  );
  console.log(
    `${name.padEnd(24)} ${times.length} of ${visitors} reported in a first visit of 3 minutes (${share.toFixed(2)}); quartiles of when: ${quartiles.join(", ")} s`,
  );
  const trouble = [...new Set(visited.flatMap((one) => one.trouble))];
  if (trouble.length > 0) console.log(`  told: ${trouble.slice(0, 4).join("; ")}`);
  results[name] = { share, times, trouble };
  isHeld &&= share >= 0.9;
}

async function threeVisits(on: Production): Promise<void> {
  const count = values.quick ? 6 : 20;
  const all = await inTurn(count, async (k) => {
    const visitor = visitorOf(on, `thrice-${k}`, `198.51.110.${k}`);
    const reports: Visited[] = [];
    for (let visit = 0; visit < 3; visit++) {
      reports.push(await visitor.visit(visitMs, styles[1].pageMs));
      visitor.stayAway(5 * hourMs);
    }
    return { asked: visitor.asked, reports: timesOf(reports).length };
  });
  const asked = all.flatMap((one) => one.asked);
  const to = (path: string): number => asked.filter((url) => url.includes(path)).length;
  const reports = all.reduce((sum, one) => sum + one.reports, 0);
  const leader = asked.filter((url) => url.includes(on.server)).length;
  console.log(
    `3 visits of ${count} visitors   ${reports} reports; asked for: ${to("/v1/edition")} editions, ${to("/v1/tasks")} tasks, ${to("/v1/tokens")} tokens; of the leader itself: ${leader}`,
  );
  results.threeVisits = { count, reports, tasks: to("/v1/tasks"), tokens: to("/v1/tokens"), leader };
  isHeld &&= leader === 0 && to("/v1/tasks") <= 2 * count;
}

async function oneAddress(on: Production): Promise<void> {
  const count = 30;
  const visited = await inTurn(count, (k) =>
    visitorOf(on, `office-${k}`, "203.0.113.7").visit(visitMs, styles[k % 2].pageMs),
  );
  let late = 0;
  for (const [k, { acceptedAtMs }] of visited.entries()) {
    if (acceptedAtMs !== null) continue;
    // Whoever did not in the first visit comes again the same day.
    const again = visitorOf(on, `office-${k}`, "203.0.113.7");
    again.stayAway(4 * hourMs);
    if ((await again.visit(visitMs, styles[0].pageMs)).acceptedAtMs !== null) late += 1;
  }
  const first = timesOf(visited).length;
  console.log(
    `${count} behind one address    ${first} reported in their first visit, ${late} in a second the same day`,
  );
  results.oneAddress = { count, first, late };
  isHeld &&= first + late === count;
}

async function behindOne(): Promise<void> {
  const people = 2_000;
  const days: number[] = [];
  for (const others of [0, 20_000]) days.push(await daysBehind({ people, others, tokensPerDay: perDay }));
  console.log(
    `${people} behind one address   all have a token after ${days[0]} days where they are all there is, ${days[1]} where others get 20,000 a day`,
  );
  results.behindOne = { people, days };
}

async function flood({ pins }: Production): Promise<void> {
  const issuer = pins.helper;
  const answer = await fetch(`${issuer}/.well-known/private-token-issuer-directory`);
  const directory = parseIssuerDirectory(await answer.json());
  const key = new Uint8Array(Buffer.from(directory["token-keys"][0]["token-key"], "base64url"));
  const { request } = await begin(new URL(issuer).host, key);
  const requests = values.quick ? 500 : 5000;
  let got = 0;
  await inTurn(requests, async () => {
    const headers = {
      "content-type": "application/private-token-request",
      "x-forwarded-for": "203.0.113.99",
    };
    const response = await fetch(`${issuer}/v1/tokens`, { method: "POST", headers, body: request });
    if (response.ok) got += 1;
    await response.arrayBuffer();
  });
  console.log(`a flood of ${requests} requests from one address   ${got} tokens`);
  results.flood = { requests, got };
  isHeld &&= got <= perDay;
}

function visitorOf(on: Production, name: string, address: string, clock = fast): Visitor {
  return new Visitor(on, { name, address, clock, draw: seededRandom(hash(name)) });
}

function hash(text: string): number {
  return [...text].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) >>> 0, 7);
}

function timesOf(visited: readonly Visited[]): readonly number[] {
  return visited
    .flatMap(({ acceptedAtMs }) => (acceptedAtMs === null ? [] : [acceptedAtMs]))
    .sort((a, b) => a - b);
}

/** `count` works, a few at a time. */
async function inTurn<T>(count: number, work: (k: number) => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const k = next++;
      results[k] = await work(k);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}
