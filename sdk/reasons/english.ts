/** English. */
import { clause, type Saying, type Words } from "./words.ts";

/** "it" stands before what is said under the item. */
function it(line: string, against: string): Saying {
  return { line, favour: `it ${line}`, against: `it ${against}` };
}

function itIs(line: string, against: string): Saying {
  return { line, favour: `it is ${line}`, against: `it is ${against}` };
}

export const english: Words = {
  quoted: (text) => `“${text}”`,
  because: (clauses) => `because ${clauses}`,
  further: (text) => text,
  contra: (clauses) => `against it: ${clauses}`,
  justNow: "just now",
  date: (formatted) => formatted,
  acts: {
    impression: (title, when) => `you had ${title} on your screen${when}`,
    click: (title, when) => `you opened ${title}${when}`,
    view: (title, when) => `you viewed ${title}${when}`,
    dwell: (title, when) => `you spent time on ${title}${when}`,
    search: (title, when) => `you searched for ${title}${when}`,
    cart_add: (title, when) => `you put ${title} in your basket${when}`,
    cart_remove: (title, when) => `you took ${title} out of your basket${when}`,
    checkout: (_, when) => `you went to the checkout${when}`,
    purchase: (title, when) => `you bought ${title}${when}`,
    refund: (title, when) => `you returned ${title}${when}`,
    like: (title, when) => `you liked ${title}${when}`,
    dislike: (title, when) => `you disliked ${title}${when}`,
    share: (title, when) => `you shared ${title}${when}`,
    hover: (title, when) => `you pointed at ${title}${when}`,
  },
  wishes: {
    boost: (target) => `you asked for more ${target}`,
    less: (target) => `you asked for less ${target}`,
    mute: (target) => `you asked for nothing ${target}`,
  },
  targets: {
    item: (value) => `like ${value}`,
    category: (value) => `from the category ${value}`,
    brand: (value) => `from the brand ${value}`,
    word: (value) => `with the word ${value}`,
  },
  said: {
    categories: (said) => `you said you like ${said}`,
    interests: (said) => `you said you are interested in ${said}`,
    other: (said) => `you said ${said}`,
  },
  others: {
    one: (count) => clause(`${count} more reason speaks for it`, `${count} more reason pulls it down`),
    other: (count) => clause(`${count} more reasons speak for it`, `${count} more reasons pull it down`),
  },
  similar: (title) => itIs(`similar to ${title}`, `unlike ${title}`),
  together: (title) => it(`goes well with ${title}`, `goes less well with ${title}`),
  found: (word) => it(`matches ${word}`, `hardly matches ${word}`),
  near: (found, asked) => clause(`${found} is close to ${asked}`, `${found} is far from ${asked}`),
  meaning: (asked) => itIs(`close in meaning to ${asked}`, `far in meaning from ${asked}`),
  fresh: itIs("new in the shop", "not new in the shop"),
  freshSince: (date) => ({
    line: `new since ${date}`,
    favour: `it arrived on ${date}`,
    against: `it has been here since ${date}`,
  }),
  trending: itIs("in demand at the moment", "less in demand at the moment"),
  popular: itIs("popular with many", "less popular"),
  catalogue: itIs("from the catalogue", "further down the catalogue"),
  site: {
    line: "featured by the shop",
    favour: "the shop features it",
    against: "the shop ranks it lower",
  },
  features: {
    taste: it("suits your taste", "suits your taste less"),
    session: it("fits what you looked at last", "fits less well with what you looked at last"),
    again: clause("you bought it before", "you bought it before"),
    wanted: itIs("in demand", "less in demand"),
    fresh: clause("the time it has been here suits you", "the time it has been here suits you less"),
    category: clause("its category suits you", "its category suits you less"),
    price: clause("its price suits you", "its price suits you less"),
    habits: it("fits how you shop", "fits less well with how you shop"),
    moment: it("suits this moment", "suits this moment less"),
    diversity: it("adds variety", "is much like what comes before it"),
    novelty: itIs("a rarer find", "wanted by everybody already"),
    unproposed: itIs("on your shortlist", "not on your shortlist"),
    later: clause("there was room for it", "others come first"),
  },
};
