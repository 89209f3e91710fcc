/**
 * What is in a file that moves between devices: named sections, each of a version. A section that a reader does
 * not know, by name or version, is left out, so that a file of a later SDK brings what this one understands;
 * but not the ledger's: what was spent is read whole, or the file is refused.
 */
import * as v from "valibot";
import { type FactEvent, isFact, type Recorded } from "../../core/events/fact.ts";
import type { Load } from "../../core/moving/rights.ts";
import { parseSpending } from "../../core/sum/spending.ts";
import { issueText } from "../../core/wire/issues.ts";
import type { SentReport } from "../api.ts";

export interface Contents {
  /** What the person did and said. */
  readonly journal: readonly Recorded[];
  /** What the person refused. A permission does not travel. */
  readonly refused: readonly "contribute"[];
  /** Whose events these are (core/moving/rights.ts). */
  readonly origins: readonly string[];
  /** Rights, and what was spent under them; null in a copy. */
  readonly load: Load<SentReport> | null;
}

const format = "tacit-moving";
const text = v.pipe(v.string(), v.minLength(1), v.maxLength(2_000));
const ids = v.pipe(v.array(text), v.maxLength(10_000));
const time = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const eventSchema = v.object({
  id: text,
  // Kinds that only another version knows stay in the journal, too.
  kind: v.pipe(v.string(), v.minLength(1), v.maxLength(40), v.notValue("fact")),
  atMs: time,
  item: v.optional(text),
  amount: v.optional(v.pipe(v.number(), v.finite(), v.minValue(0))),
  query: v.optional(v.pipe(v.string(), v.maxLength(20_000))),
  position: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  list: v.optional(text),
  depth: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
});

const sumSchema = v.object({
  task: text,
  kind: text,
  round: count,
  block: count,
  rho: v.nullable(v.pipe(v.number(), v.finite(), v.minValue(0))),
  state: v.picklist(["sending", "accepted", "refused"]),
  why: v.optional(v.pipe(v.string(), v.maxLength(2_000))),
});

const factSchema = v.object({
  id: text,
  atMs: time,
  fact: text,
  value: v.nullable(
    v.union([
      v.pipe(v.string(), v.maxLength(20_000)),
      v.pipe(v.number(), v.finite()),
      v.boolean(),
      v.pipe(v.array(text), v.maxLength(1_000)),
    ]),
  ),
});

const reportSchema = v.object({
  id: text,
  atMs: time,
  bytes: count,
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  sums: v.pipe(v.array(sumSchema), v.minLength(1), v.maxLength(1_000)),
});

const ledgerSchema = v.object({
  version: v.literal(1),
  rights: ids,
  answeredTasks: ids,
  spent: v.unknown(),
  reports: v.pipe(v.array(reportSchema), v.maxLength(100_000)),
});

const contentsSchema = v.object({
  format: v.literal(format),
  version: v.literal(1),
  origins: ids,
  sections: v.object({
    events: v.object({ version: v.literal(1), rows: v.pipe(v.array(eventSchema), v.maxLength(200_000)) }),
    facts: v.object({ version: v.literal(1), rows: v.pipe(v.array(factSchema), v.maxLength(10_000)) }),
    consent: v.object({ version: v.literal(1), refused: v.pipe(v.array(v.string()), v.maxLength(100)) }),
    ledger: v.optional(ledgerSchema),
  }),
});

export function encodeContents({ journal, refused, origins, load }: Contents): string {
  const ledger = load && {
    version: 1,
    rights: load.claims.rights,
    answeredTasks: load.answeredTasks,
    spent: load.spent,
    reports: load.entries,
  };
  const sections = {
    events: { version: 1, rows: journal.filter((entry) => !isFact(entry)) },
    facts: { version: 1, rows: journal.filter(isFact) },
    consent: { version: 1, refused },
    ...(ledger === null ? {} : { ledger }),
  };
  return JSON.stringify({ format, version: 1, origins, sections });
}

/** @throws {TypeError} `parseContents: …` for anything else. */
export function parseContents(json: string): Contents {
  const parsed = v.safeParse(contentsSchema, valueIn(json));
  if (!parsed.success) throw new TypeError(issueText("parseContents", parsed.issues[0]));
  const { origins, sections } = parsed.output;
  const { events, facts, consent, ledger } = sections;
  const said = facts.rows.map((fact): FactEvent => ({ ...fact, kind: "fact" }));
  return {
    // The casts say what the schemas do, but for kinds, which a journal may hold more of than this version knows.
    journal: [...(events.rows as readonly Recorded[]), ...said],
    refused: consent.refused.includes("contribute") ? ["contribute"] : [],
    origins,
    load: ledger === undefined ? null : loadOf(origins, ledger),
  };
}

function loadOf(origins: readonly string[], ledger: v.InferOutput<typeof ledgerSchema>): Load<SentReport> {
  const { rights, answeredTasks, reports } = ledger;
  const spent = parseSpending(ledger.spent);
  if (spent === null) throw new TypeError("parseContents: spent must be what was spent, got something else");
  return { claims: { origins, rights }, answeredTasks, spent, entries: reports as readonly SentReport[] };
}

function valueIn(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new TypeError("parseContents: expected JSON, got something else");
  }
}
