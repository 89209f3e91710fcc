/** Spanish, with "tú". */
import type { ConsentWords, OnboardingWords, ShelfWords } from "./words.ts";

export const shelf: ShelfWords = {
  headings: {
    "for-you": "Para ti",
    similar: "Parecidos",
    together: "Combina bien",
    trending: "Lo que más gusta ahora",
    again: "Comprar de nuevo",
  },
  options: (title) => `Opciones de ${title}`,
  why: "¿Por qué este artículo?",
  moreLike: "Más como este",
  notForMe: "No es para mí",
  nothingFrom: (category) => `Nada de la categoría ${category}`,
  undo: "Deshacer",
  muted: (title) => `No volverás a ver ${title}.`,
  mutedAll: (category) => `No verás nada de la categoría ${category}.`,
  boosted: (title) => `Verás más artículos como ${title}.`,
};

export const consent: ConsentWords = {
  heading: "Tú decides",
  text: "Este sitio puede ordenar sus listas para ti. Aprende en tu navegador, y lo que haces se queda ahí.",
  personalise: "Personalizar en este dispositivo",
  personaliseHint: "Aprende de lo que haces en este sitio. Nada sale de este dispositivo por ello.",
  contribute: "Ayudar a mejorar las listas",
  contributeHint:
    "Añade una parte ilegible a sumas sobre muchas personas. Se reparte entre dos partes, y ninguna puede leerla.",
  privacyControl:
    "Tu navegador indica que no compartes nada (Global Privacy Control), por eso está desactivado. Aun así puedes activarlo.",
  erases: "Se borrará lo que este sitio ha aprendido en este dispositivo.",
  no: "No a ambas",
  yes: "Sí a ambas",
  yesHere: "Sí, en este dispositivo",
  save: "Guardar lo elegido",
  policy: "Más sobre la privacidad",
};

export const onboarding: OnboardingWords = {
  heading: "¿Qué te gusta?",
  categories: "Elige lo que te interesa",
  chosen: { one: "# elegida", other: "# elegidas" },
  interests: "Con tus palabras",
  interestsHint: "Por ejemplo: un regalo para alguien con jardín",
  onDevice: "Tus respuestas se quedan en este dispositivo. Puedes retirarlas cuando quieras.",
  save: "Guardar",
  skip: "Omitir",
  saved: "Gracias. Las listas siguen lo que has dicho.",
  undo: "Deshacer",
};
