/**
 * French, with "vous". Each clause begins with a consonant, so that "que" stays whole before it, and none has
 * a participle that would agree with the person or the item. An item is "cela".
 */
import { clause, type Saying, type Words } from "./words.ts";

/** Keeps marks on the line of what they belong to. */
const space = "\u00a0";

function cela(line: string, against: string): Saying {
  return { line, favour: `cela ${line}`, against: `cela ${against}` };
}

export const french: Words = {
  quoted: (text) => `«${space}${text}${space}»`,
  because: (clauses) => `parce que ${clauses}`,
  further: (text) => `que ${text}`,
  contra: (clauses) => `en sa défaveur${space}: ${clauses}`,
  justNow: "à l’instant",
  date: (formatted) => `le ${formatted.replace(/^1 /, "1er ")}`,
  acts: {
    impression: (title, when) => `vous aviez ${title} à l’écran${when}`,
    click: (title, when) => `vous avez ouvert ${title}${when}`,
    view: (title, when) => `vous avez consulté ${title}${when}`,
    dwell: (title, when) => `vous avez passé du temps sur ${title}${when}`,
    search: (title, when) => `vous avez cherché ${title}${when}`,
    cart_add: (title, when) => `vous avez mis ${title} dans votre panier${when}`,
    cart_remove: (title, when) => `vous avez retiré ${title} de votre panier${when}`,
    checkout: (_, when) => `vous avez commencé une commande${when}`,
    purchase: (title, when) => `vous avez acheté ${title}${when}`,
    refund: (title, when) => `vous avez rendu ${title}${when}`,
    like: (title, when) => `vous avez aimé ${title}${when}`,
    dislike: (title, when) => `vous n’avez pas aimé ${title}${when}`,
    share: (title, when) => `vous avez partagé ${title}${when}`,
    hover: (title, when) => `vous avez survolé ${title}${when}`,
  },
  wishes: {
    boost: (target) => `vous avez demandé plus d’articles ${target}`,
    less: (target) => `vous avez demandé moins d’articles ${target}`,
    mute: (target) => `vous avez demandé à ne plus voir d’articles ${target}`,
  },
  targets: {
    item: (value) => `comme ${value}`,
    category: (value) => `de la catégorie ${value}`,
    brand: (value) => `de la marque ${value}`,
    word: (value) => `avec le mot ${value}`,
  },
  said: {
    categories: (said) => `vous avez dit aimer ${said}`,
    interests: (said) => `vous avez dit vous intéresser à ${said}`,
    other: (said) => `vous avez indiqué ${said}`,
  },
  others: {
    one: (count) =>
      clause(`${count} autre raison joue en sa faveur`, `${count} autre raison lui fait perdre des places`),
    other: (count) =>
      clause(
        `${count} autres raisons jouent en sa faveur`,
        `${count} autres raisons lui font perdre des places`,
      ),
  },
  similar: (title) => cela(`ressemble à ${title}`, `ne ressemble guère à ${title}`),
  together: (title) => cela(`va bien avec ${title}`, `va moins bien avec ${title}`),
  found: (word) => cela(`correspond à ${word}`, `ne correspond guère à ${word}`),
  near: (found, asked) =>
    clause(`le mot ${found} est proche de ${asked}`, `le mot ${found} est loin de ${asked}`),
  meaning: (asked) => clause(`son sens est proche de ${asked}`, `son sens est loin de ${asked}`),
  fresh: { line: "nouveauté", favour: "c’est une nouveauté", against: "ce n’est pas une nouveauté" },
  freshSince: (date) => ({
    line: `nouveauté depuis ${date}`,
    favour: `c’est une nouveauté depuis ${date}`,
    against: `c’est en boutique depuis ${date}`,
  }),
  trending: cela("plaît beaucoup en ce moment", "plaît moins en ce moment"),
  popular: cela("plaît à beaucoup de monde", "plaît à moins de monde"),
  catalogue: {
    line: "du catalogue",
    favour: "cela fait partie du catalogue",
    against: "cela vient plus loin dans le catalogue",
  },
  site: {
    line: "mise en avant par la boutique",
    favour: "la boutique met cela en avant",
    against: "la boutique place cela plus loin",
  },
  features: {
    taste: cela("correspond à vos goûts", "correspond moins à vos goûts"),
    session: cela(
      "correspond à ce que vous avez vu récemment",
      "correspond moins à ce que vous avez vu récemment",
    ),
    again: clause("vous avez déjà acheté cet article", "vous avez déjà acheté cet article"),
    wanted: cela("plaît beaucoup", "plaît moins"),
    fresh: clause(
      "son ancienneté en boutique vous convient",
      "son ancienneté en boutique vous convient moins",
    ),
    category: clause("sa catégorie vous convient", "sa catégorie vous convient moins"),
    price: clause("son prix vous convient", "son prix vous convient moins"),
    habits: cela("correspond à vos habitudes", "correspond moins à vos habitudes"),
    moment: cela("convient à ce moment", "convient moins à ce moment"),
    diversity: cela("apporte de la variété", "ressemble beaucoup à ce qui précède"),
    novelty: { ...cela("sort de l’ordinaire", ""), against: "tout le monde en veut déjà" },
    unproposed: cela("fait partie de votre présélection", "ne fait pas partie de votre présélection"),
    later: clause("la liste avait encore de la place", "d’autres articles passent avant"),
  },
};
