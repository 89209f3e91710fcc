/** German, with "Sie". */
import type { CardWords, ConsentWords, OnboardingWords, ShelfWords } from "./words.ts";

export const shelf: ShelfWords = {
  headings: {
    "for-you": "Für Sie",
    similar: "Ähnliches",
    together: "Passt gut dazu",
    trending: "Gerade gefragt",
    again: "Wieder kaufen",
  },
  options: (title) => `Optionen für ${title}`,
};

export const card: CardWords = {
  why: "Warum das?",
  moreLike: "Mehr davon",
  notForMe: "Nichts für mich",
  nothingFrom: (category) => `Nichts aus ${category}`,
  undo: "Rückgängig",
  muted: (title) => `${title} sehen Sie nicht wieder.`,
  mutedAll: (category) => `Aus ${category} sehen Sie nichts mehr.`,
  boosted: (title) => `Sie sehen mehr wie ${title}.`,
};

export const consent: ConsentWords = {
  heading: "Ihre Wahl",
  text: "Diese Website kann ihre Listen für Sie ordnen. Sie lernt in Ihrem Browser, nicht auf einem Server.",
  personalise: "Auf diesem Gerät personalisieren",
  personaliseHint: "Lernt aus dem, was Sie hier tun, und behält es auf diesem Gerät.",
  contribute: "Die Listen mit verbessern",
  contributeHint:
    "Zählt Sie unter vielen mit. Zwei Stellen bekommen je eine unkenntliche Hälfte, und keine kann sie lesen.",
  privacyControl:
    "Aus, weil Ihr Browser darum bittet, nichts zu teilen (Global Privacy Control). Sie können es trotzdem einschalten.",
  byDefault: "Auf dieser Website standardmäßig an.",
  erases: "Was diese Website auf diesem Gerät gelernt hat, wird gelöscht.",
  no: "Beides ablehnen",
  yes: "Beides erlauben",
  yesHere: "Auf diesem Gerät erlauben",
  save: "Meine Auswahl speichern",
  policy: "Mehr zum Datenschutz",
  known: "Was diese Website über Sie weiß",
};

export const onboarding: OnboardingWords = {
  heading: "Was mögen Sie?",
  categories: "Wählen Sie, was Sie interessiert",
  chosen: { one: "# gewählt", other: "# gewählt" },
  interests: "In Ihren Worten",
  interestsHint: "Zum Beispiel: ein Geschenk für jemanden mit Garten",
  onDevice: "Ihre Antworten bleiben auf diesem Gerät. Sie können sie jederzeit zurücknehmen.",
  save: "Speichern",
  skip: "Überspringen",
  saved: "Danke. Die Listen richten sich nach dem, was Sie gesagt haben.",
  undo: "Rückgängig",
};
