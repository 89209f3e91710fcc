/** A site's report in lines that a person reads. */
import type { Condition, RowInWords } from "../../core/choosing/decide.ts";
import { deviceRowsInWords } from "../../core/choosing/devicewords.ts";
import { jointRows } from "../../core/choosing/matrix.ts";
import { fewPeople } from "../../core/choosing/siteprofile.ts";
import type { SiteReport } from "../publishing/profiled.ts";

export function profileLines(report: SiteReport): readonly string[] {
  return [
    ...section("catalogue", catalogueLines(report)),
    ...section(useTitles[report.useFrom], useLines(report)),
    ...section("what is learned", partLines(report)),
    ...section("content beside what people did", jointLines(report)),
    ...section(
      "on each device, by how many products are liked",
      deviceRowsInWords.flatMap((row) => rowLines(row, " ")),
    ),
  ];
}

const useTitles = {
  log: "what people did, by the log",
  published: "what people did, as far as what is published says",
} as const;

function section(title: string, lines: readonly string[]): readonly string[] {
  return [title, ...lines.map((line) => `  ${line}`)];
}

function catalogueLines({ catalogue }: SiteReport): readonly string[] {
  const { items, wordsPerTitle, tellingItems, says, scripts, languages } = catalogue;
  const said = Object.entries(says).filter(([, share]) => share > 0);
  const unsaid = Object.entries(says).flatMap(([what, share]) => (share === 0 ? [what] : []));
  return [
    `${items} items, ${wordsPerTitle.toFixed(1)} words a title; ${percent(tellingItems)} share a word with another`,
    `beside titles: ${sharesText(said)}${unsaid.length === 0 ? "" : `; never ${unsaid.join(", ")}`}`,
    `scripts: ${sharesText(Object.entries(scripts))}; languages by their small words: ${sharesText(Object.entries(languages))}`,
  ];
}

function useLines({ use }: SiteReport): readonly string[] {
  const { people, acts, itemsPerPerson, density, thinItems, repeats, medianAgeDays, turnover } = use;
  const { median, mean } = itemsPerPerson;
  const lines = [
    people === null ? null : `${people} people`,
    acts === null ? null : `${acts} acts`,
    mean === null ? null : `${mean.toFixed(1)} items a person${median === null ? "" : ` (median ${median})`}`,
    density === null ? null : `density ${percent(density, 2)}`,
    thinItems === null ? null : `${percent(thinItems)} of the items have fewer than ${fewPeople} people`,
    repeats === null ? null : `${percent(repeats)} of the acts repeat an item`,
    medianAgeDays === null ? null : `half of the acts are older than ${medianAgeDays.toFixed(0)} days`,
    turnover === null ? null : `${percent(turnover)} of what is wanted most lately was not before`,
  ].filter((line) => line !== null);
  return lines.length === 0 ? ["nothing is known of it yet"] : lines;
}

function partLines({ parts }: SiteReport): readonly string[] {
  const { content, factors, pairs, lately } = parts;
  return [
    `content of ${content} items, factors of ${factors}`,
    `${pairs === 0 ? "no pairs" : `${pairs} pairs`}; what is wanted lately is ${lately ? "" : "not "}known`,
  ];
}

function jointLines({ joint }: SiteReport): readonly string[] {
  if (joint === null) return ["nothing is learned yet, so there is nothing to weigh"];
  const { facts, row: chosen, inForce } = joint;
  const numbers = Object.entries(facts).map(
    ([fact, value]) => `${fact} ${value === null ? "unknown" : numberText(value)}`,
  );
  return [
    numbers.join(", "),
    ...jointRows.flatMap((row) => rowLines(row, row.name === chosen ? ">" : " ")),
    inForce === null ? "in force: not by this table" : `in force: ${inForce}`,
  ];
}

function rowLines<Fact extends string, Choice extends object>(
  { name, when, choice, why }: RowInWords<Fact, Choice>,
  mark: ">" | " ",
): readonly string[] {
  const conditions = when.map(conditionText).join(" and ") || "otherwise";
  const chosen = Object.entries(choice).map(([what, value]) => `${what} ${value}`);
  return [`${mark} ${name}: ${conditions}: ${chosen.join(", ")}`, `    ${why}`];
}

function conditionText({ of, atLeast, below }: Condition<string>): string {
  const limits = [
    atLeast === undefined ? [] : [`at least ${atLeast}`],
    below === undefined ? [] : [`below ${below}`],
  ].flat();
  return `${of} ${limits.join(" and ")}`;
}

function sharesText(shares: readonly (readonly [string, number])[]): string {
  return shares.map(([what, share]) => `${what} ${percent(share)}`).join(", ") || "none";
}

function percent(share: number, digits = 0): string {
  return `${(100 * share).toFixed(digits)} %`;
}

function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(3);
}
