/**
 * Spanish, with "tú". The item is the subject that goes unsaid, so that nothing has its gender; what is under
 * an item is the clause of a sentence too.
 */
import { clause, type Saying, type Words } from "./words.ts";

/** "encaja con tus gustos", "encaja menos con tus gustos". */
function fits(to: string): Saying {
  return clause(`encaja con ${to}`, `encaja menos con ${to}`);
}

export const spanish: Words = {
  quoted: (text) => `«${text}»`,
  because: (clauses) => `porque ${clauses}`,
  further: (text) => text,
  contra: (clauses) => `en su contra: ${clauses}`,
  justNow: "hace un momento",
  date: (formatted) => `el ${formatted}`,
  acts: {
    impression: (title, when) => `tuviste ${title} en pantalla${when}`,
    click: (title, when) => `abriste ${title}${when}`,
    view: (title, when) => `viste ${title}${when}`,
    dwell: (title, when) => `te detuviste en ${title}${when}`,
    search: (title, when) => `buscaste ${title}${when}`,
    cart_add: (title, when) => `pusiste ${title} en el carrito${when}`,
    cart_remove: (title, when) => `quitaste ${title} del carrito${when}`,
    checkout: (_, when) => `fuiste a pagar${when}`,
    purchase: (title, when) => `compraste ${title}${when}`,
    refund: (title, when) => `devolviste ${title}${when}`,
    like: (title, when) => `valoraste bien ${title}${when}`,
    dislike: (title, when) => `valoraste mal ${title}${when}`,
    share: (title, when) => `compartiste ${title}${when}`,
    hover: (title, when) => `señalaste ${title}${when}`,
  },
  wishes: {
    boost: (target) => `pediste más artículos ${target}`,
    less: (target) => `pediste menos artículos ${target}`,
    mute: (target) => `pediste no ver artículos ${target}`,
  },
  targets: {
    item: (value) => `como ${value}`,
    category: (value) => `de la categoría ${value}`,
    brand: (value) => `de la marca ${value}`,
    word: (value) => `con la palabra ${value}`,
  },
  said: {
    categories: (said) => `dijiste que te gusta ${said}`,
    interests: (said) => `dijiste que te interesa ${said}`,
    other: (said) => `indicaste ${said}`,
  },
  others: {
    one: (count) => clause(`${count} razón más le suma puntos`, `${count} razón más le resta puntos`),
    other: (count) => clause(`${count} razones más le suman puntos`, `${count} razones más le restan puntos`),
  },
  similar: (title) => clause(`se parece a ${title}`, `se parece poco a ${title}`),
  together: (title) => clause(`combina bien con ${title}`, `no combina tan bien con ${title}`),
  found: (word) => clause(`coincide con ${word}`, `apenas coincide con ${word}`),
  near: (found, asked) =>
    clause(`${found} tiene que ver con ${asked}`, `${found} tiene poco que ver con ${asked}`),
  meaning: (asked) =>
    clause(`su significado se parece al de ${asked}`, `su significado se parece poco al de ${asked}`),
  fresh: {
    line: "novedad en la tienda",
    favour: "es novedad en la tienda",
    against: "no es novedad en la tienda",
  },
  freshSince: (date) => ({
    line: `novedad desde ${date}`,
    favour: `es novedad desde ${date}`,
    against: `está en la tienda desde ${date}`,
  }),
  trending: clause("gusta mucho últimamente", "gusta menos últimamente"),
  popular: clause("gusta a mucha gente", "gusta a menos gente"),
  catalogue: {
    line: "del catálogo",
    favour: "forma parte del catálogo",
    against: "está más atrás en el catálogo",
  },
  site: clause("la tienda le da prioridad", "la tienda le resta prioridad"),
  features: {
    taste: fits("tus gustos"),
    session: fits("lo último que viste"),
    again: clause("ya compraste este artículo", "ya compraste este artículo"),
    wanted: clause("gusta mucho", "gusta menos"),
    fresh: clause(
      "el tiempo que lleva en la tienda encaja contigo",
      "el tiempo que lleva en la tienda encaja menos contigo",
    ),
    category: clause("su categoría encaja contigo", "su categoría encaja menos contigo"),
    price: clause("su precio encaja contigo", "su precio encaja menos contigo"),
    habits: fits("tus hábitos"),
    moment: fits("este momento"),
    diversity: clause("aporta variedad", "se parece mucho a lo anterior"),
    novelty: clause("se sale de lo habitual", "ya gusta a todo el mundo"),
    unproposed: clause("está en tu preselección", "no está en tu preselección"),
    later: clause("quedaba sitio", "otros artículos van primero"),
  },
};
