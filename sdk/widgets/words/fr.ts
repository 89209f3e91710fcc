/** French, with "vous". A space before a colon is one at which no line breaks. */
import type { CardWords, ConsentWords, OnboardingWords, ShelfWords } from "./words.ts";

export const shelf: ShelfWords = {
  headings: {
    "for-you": "Pour vous",
    similar: "Articles similaires",
    together: "Va bien avec",
    trending: "Très demandés en ce moment",
    again: "Acheter à nouveau",
  },
  options: (title) => `Options pour ${title}`,
};

export const card: CardWords = {
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
  text: "Ce site peut trier ses listes pour vous. Il apprend dans votre navigateur, pas sur un serveur.",
  personalise: "Personnaliser sur cet appareil",
  personaliseHint: "Apprend de ce que vous faites ici et le garde sur cet appareil.",
  contribute: "Aider à améliorer les listes",
  contributeHint:
    "Vous compte parmi beaucoup d’autres. Deux organismes reçoivent chacun une moitié brouillée, qu’aucun ne peut lire.",
  privacyControl:
    "Désactivé, car votre navigateur demande de ne rien partager (Global Privacy Control). Vous pouvez quand même l’activer.",
  byDefault: "Activé par défaut sur ce site.",
  erases: "Ce que ce site a appris sur cet appareil sera effacé.",
  no: "Refuser les deux",
  yes: "Autoriser les deux",
  yesHere: "Autoriser sur cet appareil",
  save: "Enregistrer mon choix",
  policy: "En savoir plus sur la confidentialité",
  known: "Ce que ce site sait de vous",
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
