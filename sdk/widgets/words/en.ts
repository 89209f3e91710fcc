/** English. Each widget carries its own part of it, and loads the other languages. */
import type { ConsentWords, OnboardingWords, ShelfWords } from "./words.ts";

export const shelf: ShelfWords = {
  headings: {
    "for-you": "For you",
    similar: "Similar",
    together: "Goes well with it",
    trending: "In demand",
    again: "Buy again",
  },
  options: (title) => `Options for ${title}`,
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
  text: "This site can put its lists in order for you. It learns in your browser, and what you do stays there.",
  personalise: "Personalise on this device",
  personaliseHint: "Learns from what you do on this site. Nothing leaves this device because of it.",
  contribute: "Help to improve the lists",
  contributeHint:
    "Adds an unreadable share to sums over many people. It is split between two parties, and neither can read it.",
  privacyControl:
    "Your browser says that you share nothing (Global Privacy Control), so this is off. You can still turn it on.",
  erases: "What this site has learned on this device will be erased.",
  no: "No to both",
  yes: "Yes to both",
  yesHere: "Yes, on this device",
  save: "Save what is set",
  policy: "More about privacy",
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
