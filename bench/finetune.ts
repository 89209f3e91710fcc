/**
 * What a ranker of a person's own changes for them: for each form of fine-tuning (temporal/tuningforms.ts),
 * lists by weights that a person's own past lists teach against those by the weights that everybody has,
 * after variety, as a device would list them.
 *
 *     npm run bench:finetune -- [--month 2011-10] [--form "bought again"] [--quick] [--json]
 *
 * `--form` takes the forms alone whose names have that in them. Parts without noise, learned before the
 * month; own lists of the last six days with an order but the first (finetuning/ownlists.ts). Of customers
 * with ten or more purchases before the month who buy in it: the mean change of NDCG@20 with its standard
 * error, for all they buy and for what is new to them; the part whose NDCG@20 of all is better or worse
 * beyond noise (temporal/noise.ts); and whose weights are their own at all. "Kept" is only where learning
 * from all lists but the last helps with the last; the others have the weights that everybody has, and change
 * nothing.
 *
 * The last row of each form is a control: everybody has the mean of what those who keep theirs add. What that
 * gains, shared weights could have.
 *
 * A form is on where the mean change of all is above 0 by more than two standard errors and that of new is
 * not below 0 by more, and at most 5 % are worse: chosen on September, and held to it in October. The last
 * line is one JSON object { rows }.
 */
import { parseArgs } from "node:util";
import { ndcgAt } from "../core/metrics.ts";
import { writeResults } from "./results.ts";
import { k, type Lists } from "./temporal/judging.ts";
import { type JudgedCustomer, monthFrom } from "./temporal/month.ts";
import { beyondNoise } from "./temporal/noise.ts";
import { tuningWorld } from "./temporal/stages.ts";
import { fewestEvents, listsBy, ownListsOf, tunedCustomer } from "./temporal/tuned.ts";
import { type Added, type Form, tuningForms } from "./temporal/tuningforms.ts";

const { values: flags } = parseArgs({
  options: {
    month: { type: "string", default: "2011-10" },
    form: { type: "string", default: "" },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const fromMs = Date.parse(`${flags.month}-01`);
if (Number.isNaN(fromMs)) throw new TypeError(`finetune: --month must be as 2011-10, got "${flags.month}"`);
const every = flags.quick ? 8 : 1;
const learning = flags.quick
  ? { contentDim: 32, dim: 8, sweeps: 2 }
  : { contentDim: 384, dim: 64, sweeps: 8 };
const say = (line: string): void => {
  if (!flags.json) console.log(line);
};

const forms = tuningForms.filter(({ name }) => name.includes(flags.form));
if (forms.length === 0) {
  throw new TypeError(
    `finetune: --form must be in one of ${tuningForms.map(({ name }) => name)}, got "${flags.form}"`,
  );
}

const month = await monthFrom({ fromMs, every });
const world = await tuningWorld({ month, fromMs, learning, every });
const customers = month.judged.filter(({ before }) => before.length >= fewestEvents);
interface Row {
  readonly name: string;
  /** Changes of NDCG@20 with their standard errors. */
  readonly all: number;
  readonly allError: number;
  readonly fresh: number;
  readonly freshError: number;
  /** Parts of the customers. */
  readonly better: number;
  readonly worse: number;
  /** Whose weights are their own. */
  readonly own: number;
}

interface Tuned {
  readonly added: Added | null;
  readonly isKept: boolean;
  readonly lists: Lists;
}

interface Judged {
  readonly customer: JudgedCustomer;
  readonly shared: Lists;
  readonly hasOwnLists: boolean;
  /** By form. */
  readonly tuned: readonly Tuned[];
}

/** Everything of a customer at once: what is known of them takes more memory than everybody's at once would have. */
function judgedBy(customer: JudgedCustomer): Judged {
  const own = ownListsOf(world, customer);
  const lists = listsBy(world, customer);
  const shared = lists(null);
  const tuned = forms.map((form) => {
    const { always, isKept } = tunedCustomer(own, world, form);
    return { added: always, isKept, lists: always === null ? shared : lists(always) };
  });
  return { customer, shared, hasOwnLists: own.length > 1, tuned };
}

/** @param listsOf null: the weights that everybody has. */
function rowOf(name: string, listsOf: (one: Judged, at: number) => Lists | null): Row {
  const all: number[] = [];
  const fresh: number[] = [];
  const found = { better: 0, worse: 0, neither: 0 };
  let own = 0;
  for (const [at, one] of judged.entries()) {
    const { customer, shared } = one;
    const others = listsOf(one, at);
    if (others !== null) own++;
    const lists = others ?? shared;
    all.push(ndcgOf(lists, customer, "all") - ndcgOf(shared, customer, "all"));
    if (customer.fresh.size > 0)
      fresh.push(ndcgOf(lists, customer, "fresh") - ndcgOf(shared, customer, "fresh"));
    found[beyondNoise({ before: shared.whole, after: lists.whole, targets: customer.all, k })]++;
  }
  const [ofAll, ofFresh] = [all, fresh].map(meanAndError);
  return {
    ...{ name, all: ofAll.mean, allError: ofAll.error, fresh: ofFresh.mean, freshError: ofFresh.error },
    ...{ better: found.better / judged.length, worse: found.worse / judged.length, own },
  };
}

function ndcgOf({ whole, fresh }: Lists, customer: JudgedCustomer, of: "all" | "fresh"): number {
  return ndcgAt({ list: of === "all" ? whole : fresh, targets: customer[of], k });
}

function meanAndError(values: readonly number[]): { readonly mean: number; readonly error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / Math.max(1, values.length - 1) / values.length) };
}

/** Null of none, and where it is no weights that are added. */
function meanOf(all: readonly (Added | null)[]): Added | null {
  const some = all.filter((added) => added !== null);
  if (some.length === 0 || some.some(({ beside }) => beside !== null)) return null;
  const weights = some[0].weights.map(
    (_, unit) => some.reduce((sum, one) => sum + one.weights[unit], 0) / some.length,
  );
  return { weights, beside: null };
}

const judged = customers.map(judgedBy);
const means = forms.map((_, form) =>
  meanOf(judged.map(({ tuned }) => (tuned[form].isKept ? tuned[form].added : null))),
);
/** By customer and form. */
const ofMeans = customers.map((customer) => {
  const lists = listsBy(world, customer);
  return means.map((mean) => (mean === null ? null : lists(mean)));
});

function rowsOf(form: Form, place: number): readonly Row[] {
  const tunedOf = ({ tuned }: Judged) => tuned[place];
  return [
    rowOf(`${form.name}, always`, (one) => (tunedOf(one).added === null ? null : tunedOf(one).lists)),
    rowOf(`${form.name}, kept where it helps`, (one) => (tunedOf(one).isKept ? tunedOf(one).lists : null)),
    ...(means[place] === null
      ? []
      : [rowOf(`${form.name}, the mean of these for everybody`, (_, at) => ofMeans[at][place])]),
  ];
}

const baseline = {
  all: meanAndError(customers.map((customer, at) => ndcgOf(judged[at].shared, customer, "all"))).mean,
  fresh: meanAndError(
    judged.flatMap(({ customer, shared }) =>
      customer.fresh.size === 0 ? [] : [ndcgOf(shared, customer, "fresh")],
    ),
  ).mean,
};
say(
  `${customers.length} of ${month.judged.length} who buy in the 30 days from ${flags.month}-01 had bought ten times or more, ${judged.filter(({ hasOwnLists }) => hasOwnLists).length} of them have two lists or more; NDCG@20 by the weights that everybody has: ${baseline.all.toFixed(4)}, new ${baseline.fresh.toFixed(4)}\n`,
);
say(
  "| change of NDCG@20, in 1/10,000 | all | new to them | better | worse | own weights |\n|---|---|---|---|---|---|",
);
const inTenThousandths = (mean: number, error: number): string =>
  `${(1e4 * mean).toFixed(1)} ± ${(1e4 * error).toFixed(1)}`;
const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
const rows = forms.flatMap((form, place) => {
  const some = rowsOf(form, place);
  for (const row of some) {
    say(
      `| ${row.name} | ${inTenThousandths(row.all, row.allError)} | ${inTenThousandths(row.fresh, row.freshError)} | ${percent(row.better)} | ${percent(row.worse)} | ${row.own} |`,
    );
  }
  return some;
});
writeResults("finetune", { month: flags.month, people: customers.length, baseline, rows });
console.log(JSON.stringify({ people: customers.length, rows }));
