/** English. Each widget carries its own part of it, and loads the other languages. */
import type { CardWords, ConsentWords, OnboardingWords, ShelfWords } from "./words.ts";

export const shelf: ShelfWords = {
  headings: {
    "for-you": "For you",
    similar: "Similar",
    together: "Goes well with it",
    trending: "In demand",
    again: "Buy again",
  },
  options: (title) => `Options for ${title}`,
};

export const card: CardWords = {
  why: "Why this?",
  moreLike: "More like this",
  notForMe: "Not for me",
  nothingFrom: (category) => `Nothing from ${category}`,
  undo: "Undo",
  muted: (title) => `You will not see ${title} again.`,
  mutedAll: (category) => `You will see nothing from ${category}.`,
  boosted: (title) => `You will see more like ${title}.`,
};

export const consent: ConsentWords = {
  heading: "Your choice",
  text: "This site can sort its lists for you. It learns in your browser, not on a server.",
  personalise: "Personalise on this device",
  personaliseHint: "Learns from what you do here, and keeps it on this device.",
  contribute: "Help to improve the lists",
  contributeHint:
    "Counts you in with many other people. Two parties get a scrambled half each, and neither can read it.",
  privacyControl:
    "Off, because your browser asks sites to share nothing (Global Privacy Control). You can still turn it on.",
  byDefault: "On by default on this site.",
  erases: "What this site has learned on this device will be erased.",
  no: "Refuse both",
  yes: "Allow both",
  yesHere: "Allow on this device",
  save: "Save my choice",
  policy: "More about privacy",
  known: "What this site knows about you",
};

export const onboarding: OnboardingWords = {
  heading: "What do you like?",
  categories: "Choose what interests you",
  chosen: { one: "# chosen", other: "# chosen" },
  interests: "In your own words",
  interestsHint: "For example: a gift for a gardener",
  onDevice: "Your answers stay on this device. You can take them back at any time.",
  save: "Save",
  skip: "Skip",
  saved: "Thank you. The lists follow what you said.",
  undo: "Undo",
};
