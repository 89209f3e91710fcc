/**
 * docs/stream.svg: memory and disk of both aggregators against reports, beside what the sealed reports would
 * take if kept.
 */

export interface Sample {
  readonly reports: number;
  /** Resident memory of the process that is leader and helper. */
  readonly memoryBytes: number;
  /** Both stores with their write-ahead logs. */
  readonly storeBytes: number;
}

export interface StreamResult {
  readonly samples: readonly Sample[];
  readonly reportBytes: number;
}

const width = 720;
const height = 380;
const panel = { left: 62, top: 64, width: 440, height: 250 };

const style = `
  .ground { fill: #ffffff; }
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 15px; font-weight: 600; } .small { fill: #59636e; font-size: 11px; }
  .grid { stroke: #d1d9e0; } .line { fill: none; stroke-width: 2.2; } .kept { stroke: #59636e; stroke-dasharray: 5 4; }
  .memory { stroke: #0969da; } .store { stroke: #bc4c00; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117; } text { fill: #e6edf3; } .small { fill: #9198a1; } .grid { stroke: #3d444d; } .kept { stroke: #9198a1; }
    .memory { stroke: #79c0ff; } .store { stroke: #ffa657; }
  }`;

export function streamPlot({ samples, reportBytes }: StreamResult): string {
  const last = samples[samples.length - 1];
  const keptBytes = last.reports * reportBytes;
  const most = Math.max(keptBytes, ...samples.flatMap((sample) => [sample.memoryBytes, sample.storeBytes]));
  const step = stepFor(most / 1e6);
  const top = Math.ceil(most / 1e6 / step) * step;
  const xOf = (reports: number) => panel.left + (panel.width * reports) / last.reports;
  const yOf = (bytes: number) => panel.top + panel.height * (1 - bytes / 1e6 / top);
  const lineOf = (bytesOf: (sample: Sample) => number) =>
    samples.map((sample) => `${xOf(sample.reports).toFixed(1)},${yOf(bytesOf(sample)).toFixed(1)}`).join(" ");
  const grid = Array.from({ length: Math.round(top / step) + 1 }, (_, k) => {
    const y = yOf(k * step * 1e6).toFixed(1);
    return `<line class="grid" x1="${panel.left}" x2="${panel.left + panel.width}" y1="${y}" y2="${y}"/><text class="small" x="${panel.left - 8}" y="${y}" dy="4" text-anchor="end">${k * step}</text>`;
  });
  const ticks = [0, 0.5, 1].map((share) => {
    const reports = Math.round(last.reports * share);
    return `<text class="small" x="${xOf(reports).toFixed(1)}" y="${panel.top + panel.height + 18}" text-anchor="middle">${grouped(reports)}</text>`;
  });
  const series = [
    { name: "memory", label: "resident memory", bytesOf: (sample: Sample) => sample.memoryBytes },
    { name: "store", label: "stores on disk", bytesOf: (sample: Sample) => sample.storeBytes },
    {
      name: "kept",
      label: "sealed reports, if kept",
      bytesOf: ({ reports }: Sample) => reports * reportBytes,
    },
  ];
  const lines = series.map(
    ({ name, bytesOf }) => `<polyline class="line ${name}" points="${lineOf(bytesOf)}"/>`,
  );
  const labels = spread(
    series.map(({ label, bytesOf }) => ({ label, bytes: bytesOf(last), y: yOf(bytesOf(last)) })),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="memory and disk of leader and helper against reports">
<style>${style}
</style>
<rect class="ground" width="${width}" height="${height}"/>
<text class="title" x="20" y="28">A round stays small however many report</text>
<text class="small" x="20" y="47">MB of leader and helper in one process, against reports of ${grouped(reportBytes)} bytes taken in and summed as they come</text>
${[...grid, ...ticks, ...lines, ...labels].join("\n")}
<text class="small" x="20" y="${height - 14}">What grows on disk is report ids. Printed by npm run bench:stream.</text>
</svg>
`;
}

interface Label {
  readonly label: string;
  readonly bytes: number;
  readonly y: number;
}

/** Labels at the ends of their lines, moved apart where they would cover each other. */
function spread(labels: readonly Label[]): readonly string[] {
  let above = Number.NEGATIVE_INFINITY;
  return labels
    .toSorted((a, b) => a.y - b.y)
    .map(({ label, bytes, y }) => {
      above = Math.max(y, above + 16);
      const x = panel.left + panel.width + 10;
      return `<text x="${x}" y="${above.toFixed(1)}" dy="4">${label}: ${(bytes / 1e6).toFixed(0)} MB</text>`;
    });
}

/** A round step that gives four to eight lines. */
function stepFor(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most / 4));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => most / step <= 8) ?? 10 * power;
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
