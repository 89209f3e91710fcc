/** French, with "vous". A space before a colon is one at which no line breaks. */
import type { ConsentWords, OnboardingWords, ShelfWords } from "./words.ts";

export const shelf: ShelfWords = {
  headings: {
    "for-you": "Pour vous",
    similar: "Articles similaires",
    together: "Va bien avec",
    trending: "Très demandés en ce moment",
    again: "Acheter à nouveau",
  },
  options: (title) => `Options pour ${title}`,
  why: "Pourquoi cet article\u202f?",
  moreLike: "Plus d’articles comme celui-ci",
  notForMe: "Pas pour moi",
  nothingFrom: (category) => `Rien de la catégorie ${category}`,
  undo: "Annuler",
  muted: (title) => `Vous ne verrez plus ${title}.`,
  mutedAll: (category) => `Vous ne verrez plus rien de la catégorie ${category}.`,
  boosted: (title) => `Vous verrez plus d’articles comme ${title}.`,
};

export const consent: ConsentWords = {
  heading: "Votre choix",
  text: "Ce site peut ordonner ses listes pour vous. Il apprend dans votre navigateur, et ce que vous faites y reste.",
  personalise: "Personnaliser sur cet appareil",
  personaliseHint: "Apprend de ce que vous faites sur ce site. Rien ne quitte cet appareil pour cela.",
  contribute: "Aider à améliorer les listes",
  contributeHint:
    "Ajoute une part illisible à des sommes sur de nombreuses personnes. Elle est partagée entre deux parties, et aucune ne peut la lire.",
  privacyControl:
    "Votre navigateur indique que vous ne partagez rien (Global Privacy Control)\u00a0: c’est donc désactivé. Vous pouvez quand même l’activer.",
  erases: "Ce que ce site a appris sur cet appareil sera effacé.",
  no: "Non aux deux",
  yes: "Oui aux deux",
  yesHere: "Oui, sur cet appareil",
  save: "Enregistrer ces réglages",
  policy: "En savoir plus sur la confidentialité",
};

export const onboarding: OnboardingWords = {
  heading: "Qu’aimez-vous\u202f?",
  categories: "Choisissez ce qui vous intéresse",
  chosen: { one: "# choisie", other: "# choisies" },
  interests: "Avec vos mots",
  interestsHint: "Par exemple\u00a0: un cadeau pour quelqu’un qui jardine",
  onDevice: "Vos réponses restent sur cet appareil. Vous pouvez les retirer à tout moment.",
  save: "Enregistrer",
  skip: "Passer",
  saved: "Merci. Les listes suivent ce que vous avez dit.",
  undo: "Annuler",
};
