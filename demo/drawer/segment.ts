/** The person's segment in plain words. */
import type { ShownSegment } from "../../sdk/index.ts";

/** Empty where the shop publishes none. */
export function segmentInWords(segment: ShownSegment): readonly string[] {
  if (segment.state === "unknown") {
    switch (segment.why) {
      case "no-segments":
        return [];
      case "declined":
        return ["You are in no group of customers: you asked for that."];
      case "too-few-acts":
        return ["Which group of customers you are nearest to: none yet, too little is known of you here."];
      case "other-features":
        return [
          "Which group of customers you are nearest to: this browser cannot tell before it loads anew.",
        ];
    }
  }
  const { name, share, of, people, origin, differs } = segment;
  const from =
    origin === "crowd"
      ? `sums over ${people.toLocaleString("en-GB")} browsers`
      : `the orders of ${people.toLocaleString("en-GB")} customers`;
  const apart = differs.map(
    ({ title, deviation }) => `${title.toLowerCase()}: ${deviation > 0 ? "more" : "less"}`,
  );
  return [
    `Of ${of} groups of customers you are nearest to “${name}”, about ${Math.round(100 * share)} % of all. The groups come of ${from}; which is yours, only this browser knows.`,
    ...(apart.length === 0 ? [] : [`What sets that group apart: ${apart.join(", ")}.`]),
  ];
}
