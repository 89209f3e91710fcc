/**
 * docs/privacy.svg: recall@20 against epsilon, one line for each crowd, for content beside
 * pairs and for content beside item factors.
 *
 * Drawn without a library: scales, lines, whiskers of one standard deviation, labels at the ends of lines.
 * Its colours follow the reader's light or dark setting; lines differ in shade, marker and label, so colour
 * alone tells nothing.
 */
import { type Range, rangeOf, ticksOf } from "./plotscale.ts";
import type { PrivacyResult } from "./privacyresult.ts";
import type { Mean } from "./spread.ts";

const width = 980;
const height = 446;
const panel = { top: 84, height: 262, width: 310 };
const lefts = { beside: 56, hybrid: 540 } as const;
type Series = keyof typeof lefts;

const style = `
  .ground { fill: #ffffff; }
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 15px; font-weight: 600; } .panel { font-weight: 600; } .small { fill: #59636e; font-size: 11px; }
  .grid { stroke: #d1d9e0; } .reference { stroke: #59636e; stroke-dasharray: 5 4; stroke-width: 1.5; }
  .line { fill: none; stroke-width: 2.2; } .whisker { stroke-width: 1.2; }
  .c0 { stroke: #9a6700; } .c1 { stroke: #bc4c00; } .c2 { stroke: #0969da; } .c3 { stroke: #1a7f37; }
  .f0 { fill: #9a6700; } .f1 { fill: #bc4c00; } .f2 { fill: #0969da; } .f3 { fill: #1a7f37; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117; } text { fill: #e6edf3; } .small { fill: #9198a1; } .grid { stroke: #3d444d; } .reference { stroke: #9198a1; }
    .c0 { stroke: #e3b341; } .c1 { stroke: #ffa657; } .c2 { stroke: #79c0ff; } .c3 { stroke: #56d364; }
    .f0 { fill: #e3b341; } .f1 { fill: #ffa657; } .f2 { fill: #79c0ff; } .f3 { fill: #56d364; }
  }`;

/** The whole picture; the first four sizes of crowd get a line. */
export function privacyPlot(result: PrivacyResult): string {
  const { rows, realPeople, seeds, judged, delta } = result;
  const crowds = [
    ...new Set(rows.filter(({ epsilon }) => epsilon !== null).map(({ people }) => people)),
  ].slice(0, 4);
  // One scale for both, so that they can be compared.
  const range = rangeOf([
    ...rows.flatMap(({ hybrid, beside }) =>
      [hybrid, beside].flatMap(({ mean, sd }) => [mean - sd, mean + sd]),
    ),
    result.content,
    result.references.ease,
  ]);
  const epsilons = [...new Set(rows.flatMap(({ epsilon }) => epsilon ?? []))].sort((a, b) => a - b);
  const parts = (["beside", "hybrid"] as const).map((series) =>
    panelOf({ series, result, crowds, epsilons, range }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="recall at 20 against epsilon for crowds of ${crowds.join(", ")} people">
<style>${style}
</style>
<rect class="ground" width="${width}" height="${height}"/>
<text class="title" x="20" y="28">What privacy costs, and what a crowd buys back</text>
<text class="small" x="20" y="47">recall@20 on ${judged} held-out customers of Online Retail, mean and standard deviation of seeds ${seeds.join(", ")}; crowds beyond ${grouped(realPeople)} are simulated</text>
${parts.join("\n")}
<text class="small" x="20" y="${height - 46}">epsilon: all that the run asks of a person, delta ${delta.toExponential()}, counting one honest aggregator's noise; ranked is with the noise of both. Popularity is from the same sums.</text>
<text class="small" x="20" y="${height - 30}">content alone: stretched by popularity that the operator counted from logs. no noise: the real customers, one report on pairs; 24 rounds of factors, d = 64. EASE: no privacy.</text>
<text class="small" x="20" y="${height - 14}">Printed by npm run bench:privacy.</text>
</svg>
`;
}

interface Panel {
  readonly series: Series;
  readonly result: PrivacyResult;
  readonly crowds: readonly number[];
  readonly epsilons: readonly number[];
  readonly range: Range;
}

function panelOf({ series, result, crowds, epsilons, range }: Panel): string {
  const left = lefts[series];
  const bottom = panel.top + panel.height;
  const xOf = (epsilon: number) => left + panel.width * ((epsilons.indexOf(epsilon) + 0.5) / epsilons.length);
  const yOf = (value: number) => bottom - (panel.height * (value - range.low)) / (range.high - range.low);
  const parts: string[] = [];
  const title = series === "beside" ? "Content beside private pairs" : "Content beside private factors";
  parts.push(`<text class="panel" x="${left}" y="${panel.top - 14}">${title}</text>`);
  for (const tick of ticksOf(range)) {
    const y = yOf(tick).toFixed(1);
    parts.push(
      `<line class="grid" x1="${left}" x2="${left + panel.width}" y1="${y}" y2="${y}"/><text class="small" x="${left - 8}" y="${y}" dy="4" text-anchor="end">${tick.toFixed(2)}</text>`,
    );
  }
  for (const epsilon of epsilons) {
    parts.push(`<text x="${xOf(epsilon)}" y="${bottom + 18}" text-anchor="middle">ε = ${epsilon}</text>`);
  }
  const ends: { readonly y: number; readonly label: string; readonly kind: string }[] = [];
  const reference = (label: string, value: number) => {
    const y = yOf(value);
    parts.push(
      `<line class="reference" x1="${left}" x2="${left + panel.width}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}"/>`,
    );
    ends.push({ y, label: `${label} ${value.toFixed(3)}`, kind: "small" });
  };
  const noiseless = result.rows.find(({ epsilon }) => epsilon === null);
  if (noiseless !== undefined) reference("no noise", noiseless[series].mean);
  reference("content alone", result.content);
  if (series === "beside") reference("EASE on the logs", result.references.ease);
  for (const [of, people] of crowds.entries()) {
    const line = result.rows.filter((row) => row.people === people && row.epsilon !== null);
    const points = line.flatMap((row) =>
      row.epsilon === null ? [] : [{ x: xOf(row.epsilon), ...row[series] }],
    );
    const path = points.map(({ x, mean }) => `${x.toFixed(1)},${yOf(mean).toFixed(1)}`).join(" ");
    parts.push(`<polyline class="line c${of}" points="${path}"/>`);
    for (const point of points) parts.push(whisker(point, of));
    const last = points.at(-1);
    if (last !== undefined)
      ends.push({ y: yOf(last.mean), label: `${grouped(people)} people`, kind: `f${of}` });
  }
  // Labels keep 14 px between them, in the order of their lines.
  let free = Number.NEGATIVE_INFINITY;
  for (const { y, label, kind } of ends.sort((a, b) => a.y - b.y)) {
    free = Math.max(y, free + 14);
    parts.push(
      `<text class="${kind}" x="${left + panel.width + 6}" y="${free.toFixed(1)}" dy="4">${label}</text>`,
    );
  }
  return `<g>\n${parts.join("\n")}\n</g>`;

  function whisker({ x, mean, sd }: Mean & { readonly x: number }, of: number): string {
    const [top, foot] = [yOf(mean + sd).toFixed(1), yOf(mean - sd).toFixed(1)];
    const y = yOf(mean);
    const markers = [
      `<circle class="f${of}" cx="${x}" cy="${y.toFixed(1)}" r="4"/>`,
      `<rect class="f${of}" x="${x - 4}" y="${(y - 4).toFixed(1)}" width="8" height="8"/>`,
      `<path class="f${of}" d="M${x} ${(y - 5.5).toFixed(1)} l5.5 9.5 h-11 z"/>`,
      `<path class="f${of}" d="M${x} ${(y - 6).toFixed(1)} l6 6 l-6 6 l-6 -6 z"/>`,
    ];
    return `<line class="whisker c${of}" x1="${x}" x2="${x}" y1="${top}" y2="${foot}"/>${markers[of]}`;
  }
}

function grouped(value: number): string {
  return value.toLocaleString("en");
}
