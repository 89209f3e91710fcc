/** Reasons in words. A reason is a fact with a number; here it becomes a short line. */
import type { EventKind, Reason, Recommendation } from "../../sdk/index.ts";

const acts: Readonly<Record<EventKind, (title: string) => string>> = {
  impression: (title) => `${title} was on your screen`,
  click: (title) => `you opened ${title}`,
  view: (title) => `you viewed ${title}`,
  dwell: (title) => `you stayed with ${title}`,
  search: (title) => `you searched for ${title}`,
  cart_add: (title) => `you put ${title} in your basket`,
  cart_remove: (title) => `you took ${title} out of your basket`,
  checkout: () => "you went to the checkout",
  purchase: (title) => `you bought ${title}`,
  refund: (title) => `you returned ${title}`,
  like: (title) => `you want more like ${title}`,
  dislike: (title) => `you want less like ${title}`,
  share: (title) => `you shared ${title}`,
};

/** What the person did, as a clause: "you viewed Red Retrospot Mug". */
function actInWords(kind: EventKind, title: string): string {
  return acts[kind](title);
}

/** A reason on its own, as in a list of all reasons. */
export function reasonInWords(reason: Reason): string {
  switch (reason.why) {
    case "event":
      return capital(actInWords(reason.kind, reason.title));
    case "others":
      return `${reason.events} other things you did`;
    case "similar":
      return `Similar to ${reason.title}`;
    case "together":
      return `Goes well with ${reason.title}`;
    case "said":
      return reason.fact === "categories" ? `You said you like ${reason.said}` : `You said: ${reason.said}`;
    case "search":
      return reason.asked === reason.found
        ? `Has “${reason.found}”`
        : `“${reason.found}” is near to “${reason.asked}”`;
    case "meaning":
      return "Near in meaning";
    case "trending":
      return "Wanted lately";
    case "popular":
      return "Popular with the crowd";
    case "new":
      return "New in the shop";
    case "catalogue":
      return "From the catalogue";
    case "site":
      return reason.rule === "boost" ? "The shop puts it forward" : "The shop puts it back";
    case "wish":
      return `You asked for ${reason.wish === "boost" ? "more" : "less"}: ${reason.title ?? reason.value}`;
    case "feature":
      return features[reason.feature];
  }
}

type Feature = Extract<Reason, { readonly why: "feature" }>["feature"];

const features: Readonly<Record<Feature, string>> = {
  taste: "Fits what you like",
  session: "Like what you looked at last",
  again: "You bought it before",
  wanted: "Wanted lately",
  fresh: "How long it has been in the shop",
  category: "Of categories you like",
  price: "Near the prices you like",
  habits: "How often you buy",
  moment: "The time of day",
  diversity: "Like something before it",
  novelty: "Everybody wants it",
  unproposed: "Not among what was looked at",
  later: "Others come first",
};

/**
 * The line under a recommended tile: the strongest reason that speaks for it, and that it is not new to the person. What the
 * person did is said beside what everybody wants: that it is wanted makes no shelf of one's own.
 */
export function lineUnderTile({ reasons, again }: Pick<Recommendation, "reasons" | "again">): string {
  if (again === true) return "You have seen everything there is";
  const strongest = reasons.find(({ contribution }) => contribution > 0) ?? reasons[0];
  const own = reasons.find(({ why, contribution }) => why === "event" && contribution > 0);
  if (strongest?.why === "trending" && own?.why === "event") {
    return `Wanted lately, and ${actInWords(own.kind, own.title)}`;
  }
  if (strongest === undefined) return "";
  return strongest.why === "event"
    ? `Because ${actInWords(strongest.kind, strongest.title)}`
    : reasonInWords(strongest);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
