/**
 * "What this shop knows about you": everything on this device, what left it, and the switches.
 *
 * A modal `<dialog>`: the browser keeps the focus inside, closes it with Escape and gives the focus back.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Panel, Tacit } from "../../sdk/index.ts";
import type { Catalogue } from "../shop/catalogue.ts";
import type { Product } from "../shop/products.ts";
import { sdk } from "../shop/tacit.ts";
import { Budget } from "./budget.tsx";
import { Facts } from "./facts.tsx";
import { HistoryList } from "./historylist.tsx";
import { Interests } from "./interests.tsx";
import type { Taste } from "./likings.ts";
import { Parties } from "./parties.tsx";
import { Plan } from "./plan.tsx";
import { ProfileList } from "./profilelist.tsx";
import { Reports } from "./reports.tsx";
import { SegmentLine } from "./segmentline.tsx";
import { stagesInWords, trialsInWords } from "./stages.ts";
import { Switches } from "./switches.tsx";
import { TakeAlong } from "./takealong.tsx";
import { Why } from "./why.tsx";
import { Wishes } from "./wishes.tsx";
import { YourData } from "./yourdata.tsx";

interface DrawerProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Null as long as it has not come: what is on the device can be seen without it. */
  readonly catalogue: Catalogue | null;
}

const noProducts: ReadonlyMap<string, Product> = new Map();

export function Drawer({ isOpen, onClose, catalogue }: DrawerProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself; the click is on the backdrop.
    <dialog
      ref={dialog}
      class="drawer"
      aria-labelledby="drawer-title"
      data-tacit-ignore
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div class="drawer-inside">
        <header class="drawer-head">
          <h2 id="drawer-title">What this shop knows about you</h2>
          <button type="button" class="close" aria-label="Close" onClick={onClose}>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M5 5l14 14M19 5L5 19" />
            </svg>
          </button>
        </header>
        {isOpen && <Contents byId={catalogue?.byId ?? noProducts} />}
      </div>
    </dialog>
  );
}

type Known =
  | { readonly state: "waiting" }
  | { readonly state: "missing" }
  | {
      readonly state: "known";
      readonly tacit: Tacit;
      readonly panel: Panel | null;
      readonly tastes: readonly Taste[];
    };

function Contents({ byId }: { readonly byId: ReadonlyMap<string, Product> }) {
  const known = usePanel();
  if (known.state === "waiting") return <p class="drawer-note">Reading what is on this device…</p>;
  if (known.state === "missing") {
    return (
      <p class="drawer-note">
        Nothing: the script that would remember was not loaded. The shop works without it, in its own order.
      </p>
    );
  }
  const { tacit, panel, tastes } = known;
  return (
    <>
      <p class="drawer-note">
        {panel === null
          ? "What is on this device could not be read."
          : panel.storage === "device"
            ? "All of it is in this browser's own storage. The shop's server has no copy."
            : "This browser denies storage, so all of it is forgotten when the tab closes."}
      </p>
      <Switches tacit={tacit} />
      {panel !== null && (
        <>
          <Interests tastes={tastes} byId={byId} />
          <Facts tacit={tacit} facts={panel.facts} />
          <Wishes tacit={tacit} wishes={panel.wishes} pausedUntilMs={panel.pausedUntilMs} />
          <ProfileList profile={panel.profile} />
          <SegmentLine segment={panel.segment} />
          <Why tacit={tacit} byId={byId} />
          <HistoryList tacit={tacit} events={panel.events} cleaned={panel.cleaned} byId={byId} />
          <Reports tacit={tacit} reports={panel.reports} delta={panel.budget.delta} waiting={panel.waiting} />
          <Budget budget={panel.budget} />
          <Plan plan={panel.plan} />
          <Parties parties={panel.parties} />
        </>
      )}
      <TakeAlong tacit={tacit} />
      <YourData tacit={tacit} />
      {panel?.edition && (
        <p class="drawer-note">
          Ranking {panel.edition.items.toLocaleString("en-GB")} products with edition {panel.edition.sequence}{" "}
          (<code>{panel.edition.id.slice(0, 12)}</code>) of round {panel.edition.round}.{" "}
          {[...stagesInWords(panel.stages), trialsInWords(panel.trials)].join(" ")}
        </p>
      )}
    </>
  );
}

/** The panel, asked again whenever something in it changed. */
function usePanel(): Known {
  const [known, setKnown] = useState<Known>({ state: "waiting" });
  useEffect(() => {
    let live = true;
    const stops: (() => void)[] = [];
    sdk.then((tacit) => {
      if (!live) return;
      if (tacit === null) return setKnown({ state: "missing" });
      const refresh = async () => {
        const [panel, exported] = await Promise.all([tacit.panel(), tacit.exportData()]);
        if (live) setKnown({ state: "known", tacit, panel, tastes: exported?.tastes ?? [] });
      };
      stops.push(tacit.on("ready", refresh), tacit.on("change", refresh), tacit.on("report", refresh));
      stops.push(tacit.on("edition", refresh), tacit.on("consent", refresh));
      void refresh();
    });
    return () => {
      live = false;
      for (const stop of stops) stop();
    };
  }, []);
  return known;
}
