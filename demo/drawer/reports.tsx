/** What left this device: one entry per report, with its digest and, where it is kept, every byte. */
import { useState } from "preact/hooks";
import { epsilonOf } from "../../core/sum/budget.ts";
import { rhoTogether } from "../../core/sum/spending.ts";
import type { SentReport, SentSum, Tacit, Waiting as Waits } from "../../sdk/index.ts";
import { agoInWords } from "./ago.ts";
import { epsilonInWords } from "./budget.tsx";
import { download } from "./download.ts";
import { hexLines } from "./hex.ts";
import { Waiting } from "./waiting.tsx";

export function Reports({
  tacit,
  reports,
  delta,
  waiting,
}: {
  readonly tacit: Tacit;
  readonly reports: readonly SentReport[];
  /** At which costs are given as epsilon. */
  readonly delta: number;
  /** Why nothing leaves now. */
  readonly waiting: Waits;
}) {
  return (
    <section aria-labelledby="drawer-reports">
      <h3 id="drawer-reports">What was sent, and when</h3>
      {reports.length === 0 ? (
        <p class="none">
          No report is listed on this device. Erasing and moving empty the list; what was sent before stays
          sent.
        </p>
      ) : (
        <ul class="reports">
          {reports.map((report) => (
            <ReportEntry key={report.id} tacit={tacit} report={report} delta={delta} />
          ))}
        </ul>
      )}
      <Waiting waiting={waiting} />
    </section>
  );
}

type Bytes =
  | { readonly state: "closed" }
  | { readonly state: "gone" }
  | { readonly state: "open"; readonly bytes: Uint8Array };

const stateInWords = { sending: "on its way", accepted: "accepted", refused: "refused" } as const;

/** One line for each sum that the report adds to. */
function SumLine({ sum }: { readonly sum: SentSum }) {
  return (
    <li class="report-sum">
      <span class={`report-state report-${sum.state}`}>{stateInWords[sum.state]}</span>
      <span>
        “{sum.kind}”, round {sum.round}, block {sum.block}
        {sum.why !== undefined && <>. Reason given: {sum.why}</>}
      </span>
    </li>
  );
}

/** What all sums of the report cost together. */
function costInWords(sums: readonly SentSum[], delta: number): string {
  const rho = rhoTogether(sums);
  if (rho === null) return "Cost: without bound, because no noise is added to a sum here.";
  const cost = epsilonInWords(epsilonOf({ rho, delta }));
  return sums.length === 1 ? `Cost: ${cost} by itself.` : `Cost: ${cost}, all ${sums.length} sums together.`;
}

function ReportEntry({
  tacit,
  report,
  delta,
}: {
  readonly tacit: Tacit;
  readonly report: SentReport;
  readonly delta: number;
}) {
  const [shown, setShown] = useState<Bytes>({ state: "closed" });
  const toggle = async () => {
    if (shown.state !== "closed") return setShown({ state: "closed" });
    const bytes = await tacit.reportBytes(report.id);
    setShown(bytes === null ? { state: "gone" } : { state: "open", bytes });
  };
  return (
    <li class="report">
      <p class="report-head">
        <span>
          {(report.bytes / 1000).toLocaleString("en-GB", { maximumFractionDigits: 1 })} kB for{" "}
          {report.sums.length === 1 ? "one sum" : `${report.sums.length} sums`}
        </span>
        <time
          dateTime={new Date(report.atMs).toISOString()}
          title={new Date(report.atMs).toLocaleString("en-GB")}
        >
          {agoInWords(Date.now() - report.atMs)}
        </time>
      </p>
      <ul>
        {report.sums.map((sum) => (
          <SumLine key={sum.task} sum={sum} />
        ))}
      </ul>
      <p>{costInWords(report.sums, delta)}</p>
      <p class="digest">
        SHA-256 <code>{report.sha256}</code>
      </p>
      <button type="button" class="link" aria-expanded={shown.state !== "closed"} onClick={toggle}>
        {shown.state === "closed" ? "Show bytes" : "Hide bytes"}
      </button>
      {shown.state === "gone" && <p class="none">Only the digest is kept of this one.</p>}
      {shown.state === "open" && (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
          <pre class="hex" tabIndex={0}>
            {hexLines(shown.bytes, 128).join("\n")}
          </pre>
          <p class="none">
            The first {Math.min(128, shown.bytes.length)} of {shown.bytes.length.toLocaleString("en-GB")}{" "}
            bytes, as sent.{" "}
            <button
              type="button"
              class="link"
              onClick={() =>
                download(`tacit-report-${report.id}.bin`, "application/octet-stream", shown.bytes)
              }
            >
              Download all
            </button>
          </p>
        </>
      )}
    </li>
  );
}
