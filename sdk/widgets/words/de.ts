/** German, with "Sie". */
import type { ConsentWords, OnboardingWords, ShelfWords } from "./words.ts";

export const shelf: ShelfWords = {
  headings: {
    "for-you": "Für Sie",
    similar: "Ähnliches",
    together: "Passt gut dazu",
    trending: "Gerade gefragt",
    again: "Wieder kaufen",
  },
  options: (title) => `Optionen für ${title}`,
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
  text: "Diese Website kann ihre Listen für Sie ordnen. Gelernt wird in Ihrem Browser, und was Sie tun, bleibt dort.",
  personalise: "Auf diesem Gerät personalisieren",
  personaliseHint: "Lernt aus dem, was Sie auf dieser Website tun. Dafür verlässt nichts dieses Gerät.",
  contribute: "Die Listen mit verbessern",
  contributeHint:
    "Gibt einen unlesbaren Anteil in Summen über viele Menschen. Er wird auf zwei Stellen verteilt, und keine kann ihn lesen.",
  privacyControl:
    "Ihr Browser sagt, dass Sie nichts teilen (Global Privacy Control). Darum ist das aus. Sie können es trotzdem einschalten.",
  erases: "Was diese Website auf diesem Gerät gelernt hat, wird gelöscht.",
  no: "Nein zu beidem",
  yes: "Ja zu beidem",
  yesHere: "Ja, auf diesem Gerät",
  save: "Auswahl speichern",
  policy: "Mehr zum Datenschutz",
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
