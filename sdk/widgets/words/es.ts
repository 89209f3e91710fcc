/** Spanish, with "tú". */
import type { CardWords, ConsentWords, OnboardingWords, ShelfWords } from "./words.ts";

export const shelf: ShelfWords = {
  headings: {
    "for-you": "Para ti",
    similar: "Parecidos",
    together: "Combina bien",
    trending: "Lo que más gusta ahora",
    again: "Comprar de nuevo",
  },
  options: (title) => `Opciones de ${title}`,
};

export const card: CardWords = {
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
  text: "Este sitio puede ordenar sus listas para ti. Aprende en tu navegador, no en un servidor.",
  personalise: "Personalizar en este dispositivo",
  personaliseHint: "Aprende de lo que haces aquí y lo guarda en este dispositivo.",
  contribute: "Ayudar a mejorar las listas",
  contributeHint:
    "Te cuenta entre muchas personas. Dos entidades reciben cada una media parte cifrada, y ninguna puede leerla.",
  privacyControl:
    "Desactivado, porque tu navegador pide no compartir nada (Global Privacy Control). Aun así puedes activarlo.",
  byDefault: "Activado por defecto en este sitio.",
  erases: "Se borrará lo que este sitio ha aprendido en este dispositivo.",
  no: "Rechazar ambas",
  yes: "Permitir ambas",
  yesHere: "Permitir en este dispositivo",
  save: "Guardar mi elección",
  policy: "Más sobre la privacidad",
  known: "Lo que este sitio sabe de ti",
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
