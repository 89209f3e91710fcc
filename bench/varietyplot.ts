/**
 * docs/variety.svg: recall@20 of what is new against how unlike the items of a list are, against the part of
 * the catalogue that is listed, and against how even the places of groups of items are. A point is labelled
 * with the strength that it was measured at.
 */
import { type Range, rangeOf, ticksOf } from "./plotscale.ts";
import type { Row } from "./temporal/judging.ts";

export interface CurvePoint {
  readonly strength: number;
  readonly row: Row;
}

export interface VarietyResult {
  readonly month: string;
  /** Customers it was measured on. */
  readonly judged: number;
  readonly likeness: readonly CurvePoint[];
  readonly popularity: readonly CurvePoint[];
  readonly exposure: readonly ParityPoint[];
}

export interface ParityPoint extends CurvePoint {
  /** Part of places of the group that has least, over an equal part. */
  readonly parity: number;
}

const width = 1290;
const height = 372;
const panel = { top: 84, height: 210, width: 330 };
const lefts = [64, 490, 916] as const;

const style = `
  .ground { fill: #ffffff; }
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 15px; font-weight: 600; } .panel { font-weight: 600; } .small { fill: #59636e; font-size: 11px; }
  .grid { stroke: #d1d9e0; } .line { fill: none; stroke: #0969da; stroke-width: 2.2; } .dot { fill: #0969da; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117; } text { fill: #e6edf3; } .small { fill: #9198a1; } .grid { stroke: #3d444d; }
    .line { stroke: #79c0ff; } .dot { fill: #79c0ff; }
  }`;

export function varietyPlot({ month, judged, likeness, popularity, exposure }: VarietyResult): string {
  // One scale of recall for all, so that costs can be compared.
  const recall = rangeOf([...likeness, ...popularity, ...exposure].map(({ row }) => row.newRecall));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="recall at 20 of new products against diversity within lists, against coverage of the catalogue, and against parity of exposure">
<style>${style}
</style>
<rect class="ground" width="${width}" height="${height}"/>
<text class="title" x="20" y="28">What variety costs</text>
<text class="small" x="20" y="47">recall@20 of what is new to ${judged} customers of Online Retail in ${month}, over parts without noise; on the right of every other of them</text>
${curveIn({ left: lefts[0], title: "Likeness to what stands before it counts", axis: "1 - cosine of content within a list", points: placed(likeness, ({ row }) => row.diversity), recall })}
${curveIn({ left: lefts[1], title: "What everybody wants is held back", axis: "part of the catalogue that is listed", points: placed(popularity, ({ row }) => row.coverage), recall })}
${curveIn({ left: lefts[2], title: "Quarters of the catalogue have their places", axis: "places of the quarter that has least, over an equal part", points: placed(exposure, ({ parity }) => parity), recall })}
<text class="small" x="20" y="${height - 14}">At each point the strength it was measured at. Printed by npm run bench:variety.</text>
</svg>
`;
}

interface PlacedPoint extends CurvePoint {
  readonly across: number;
}

function placed<Point extends CurvePoint>(
  points: readonly Point[],
  acrossOf: (point: Point) => number,
): readonly PlacedPoint[] {
  return points.map((point) => ({ ...point, across: acrossOf(point) }));
}

interface Curve {
  readonly left: number;
  readonly title: string;
  readonly axis: string;
  readonly points: readonly PlacedPoint[];
  readonly recall: Range;
}

function curveIn({ left, title, axis, points, recall }: Curve): string {
  const bottom = panel.top + panel.height;
  const across = rangeOf(points.map((point) => point.across));
  const x = (value: number) => left + (panel.width * (value - across.low)) / (across.high - across.low);
  const y = (value: number) => bottom - (panel.height * (value - recall.low)) / (recall.high - recall.low);
  const places = points.map(({ strength, row, across: value }) => {
    return { strength, x: x(value).toFixed(1), y: y(row.newRecall).toFixed(1) };
  });
  const lines = ticksOf(recall).map(
    (tick) =>
      `<line class="grid" x1="${left}" x2="${left + panel.width}" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}"/><text class="small" x="${left - 8}" y="${y(tick).toFixed(1)}" dy="4" text-anchor="end">${tick.toFixed(2)}</text>`,
  );
  const marks = ticksOf(across).map(
    (tick) =>
      `<text class="small" x="${x(tick).toFixed(1)}" y="${bottom + 18}" text-anchor="middle">${tick.toFixed(2)}</text>`,
  );
  return `<g>
<text class="panel" x="${left}" y="${panel.top - 14}">${title}</text>
${[...lines, ...marks].join("\n")}
<text class="small" x="${left + panel.width / 2}" y="${bottom + 36}" text-anchor="middle">${axis}</text>
<polyline class="line" points="${places.map((place) => `${place.x},${place.y}`).join(" ")}"/>
${places.map((place) => `<circle class="dot" cx="${place.x}" cy="${place.y}" r="4"/><text class="small" x="${place.x}" y="${place.y}" dx="6" dy="-7">${place.strength}</text>`).join("\n")}
</g>`;
}
