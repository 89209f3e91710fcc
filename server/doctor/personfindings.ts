/** What holds for whoever comes, and what the page says of its products. */
import { type Finding, note, ok, wrong } from "./finding.ts";
import type { Observed } from "./observed.ts";

export function personFindings({ sdk }: Observed): readonly Finding[] {
  if (sdk === null) return [];
  const { consent, storage, readyMs } = sdk;
  // Where nothing of a server came nothing is known of it.
  const parties = readyMs === null ? null : sdk.parties;
  const permissions =
    consent === null
      ? []
      : [
          ok(
            `a newcomer is ${consent.personalise ? "" : "not "}personalised for and ${consent.contribute ? "contributes" : "contributes nothing"} (${consent.because})`,
          ),
        ];
  return [
    ...permissions,
    ...(consent?.personalise === false
      ? [
          note(
            "nothing is kept or learned before a person says yes",
            "Ask them: by <tacit-consent>, or call tacit.consent({ personalise: true }) from your own banner.",
          ),
        ]
      : []),
    ...(storage === "memory" && consent?.personalise !== false
      ? [
          note(
            "events are kept in memory alone",
            "The browser refuses this page its database: is it in a frame without an origin?",
          ),
        ]
      : []),
    ...(parties === "none"
      ? [
          note(
            "nobody sums: nothing is learned from this site's visitors",
            "Give data-tacit-site-key, data-tacit-helper and data-tacit-helper-key, as tacit serve prints them.",
          ),
        ]
      : []),
    ...(parties === "one" ? [note("leader and helper are one party: for development only")] : []),
  ];
}

export function markFindings({ marks }: Observed): readonly Finding[] {
  const { elements, items, lists, unknown } = marks;
  if (elements === 0) {
    return [
      note(
        "no element has data-tacit-item: neither impressions nor clicks are captured here",
        "Mark what stands for a product, or tell what happens by track().",
      ),
    ];
  }
  const stand = `${counted(elements, "element")} ${elements === 1 ? "stands" : "stand"} for ${counted(items, "item")}`;
  const marked = ok(`${stand}${lists > 0 ? `, in ${counted(lists, "list")}` : ""}`);
  if (unknown.length === 0) return [marked];
  const some = unknown
    .slice(0, 5)
    .map((id) => JSON.stringify(id))
    .join(", ");
  return [
    marked,
    wrong(
      `the catalogue does not have ${some}${unknown.length > 5 ? " and others" : ""}`,
      "Ids on the page and in the imported catalogue must be the same, letter by letter.",
    ),
  ];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
