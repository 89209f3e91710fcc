/**
 * German, with "Sie". Clauses are subordinate ones, so that they follow "weil" and "dass": the verb comes
 * last, and no clause has another in it, which would end in a comma that lists do not write. An item is "es",
 * whatever it is called.
 */
import type { Saying, Words } from "./words.ts";

export const german: Words = {
  quoted: (text) => `„${text}“`,
  because: (clauses) => `weil ${clauses}`,
  further: (clause) => clause,
  contra: (clauses) => `dagegen spricht, dass ${clauses}`,
  justNow: "gerade eben",
  date: (formatted) => `dem ${formatted}`,
  acts: {
    impression: (title, when) => `Sie ${title}${when} auf dem Bildschirm hatten`,
    click: (title, when) => `Sie ${title}${when} geöffnet haben`,
    view: (title, when) => `Sie ${title}${when} angesehen haben`,
    dwell: (title, when) => `Sie sich${when} Zeit für ${title} genommen haben`,
    search: (title, when) => `Sie${when} nach ${title} gesucht haben`,
    cart_add: (title, when) => `Sie ${title}${when} in den Warenkorb gelegt haben`,
    cart_remove: (title, when) => `Sie ${title}${when} aus dem Warenkorb genommen haben`,
    checkout: (_, when) => `Sie${when} zur Kasse gegangen sind`,
    purchase: (title, when) => `Sie ${title}${when} gekauft haben`,
    refund: (title, when) => `Sie ${title}${when} zurückgegeben haben`,
    like: (title, when) => `Sie ${title}${when} gut bewertet haben`,
    dislike: (title, when) => `Sie ${title}${when} schlecht bewertet haben`,
    share: (title, when) => `Sie ${title}${when} geteilt haben`,
    hover: (title, when) => `Sie${when} auf ${title} gezeigt haben`,
  },
  wishes: {
    boost: (target) => `Sie sich mehr Artikel ${target} gewünscht haben`,
    less: (target) => `Sie sich weniger Artikel ${target} gewünscht haben`,
    mute: (target) => `Sie keine Artikel ${target} sehen möchten`,
  },
  targets: {
    item: (value) => `wie ${value}`,
    category: (value) => `aus der Kategorie ${value}`,
    brand: (value) => `der Marke ${value}`,
    word: (value) => `mit dem Wort ${value}`,
  },
  said: {
    categories: (said) => `Sie ${said} als Vorliebe angegeben haben`,
    interests: (said) => `Sie ${said} als Interesse angegeben haben`,
    other: (said) => `Sie ${said} angegeben haben`,
  },
  others: {
    one: (count) => ({
      line: `${count} weiterer Grund spricht dafür`,
      favour: `${count} weiterer Grund dafür spricht`,
      against: `es aus ${count} weiteren Grund zurückfällt`,
    }),
    other: (count) => ({
      line: `${count} weitere Gründe sprechen dafür`,
      favour: `${count} weitere Gründe dafür sprechen`,
      against: `es aus ${count} weiteren Gründen zurückfällt`,
    }),
  },
  similar: (title) => ({
    line: `ähnlich wie ${title}`,
    favour: `es ${title} ähnelt`,
    against: `es ${title} kaum ähnelt`,
  }),
  together: (title) => ({
    line: `passt gut zu ${title}`,
    favour: `es gut zu ${title} passt`,
    against: `es weniger gut zu ${title} passt`,
  }),
  found: fits,
  near: (found, asked) => ({
    line: `${found} ist mit ${asked} verwandt`,
    favour: `${found} mit ${asked} verwandt ist`,
    against: `${found} mit ${asked} kaum verwandt ist`,
  }),
  meaning: (asked) => ({
    line: `passt inhaltlich zu ${asked}`,
    favour: `es inhaltlich zu ${asked} passt`,
    against: `es inhaltlich weniger zu ${asked} passt`,
  }),
  fresh: {
    line: "neu im Sortiment",
    favour: "es neu im Sortiment ist",
    against: "es nicht neu im Sortiment ist",
  },
  freshSince: (date) => ({
    line: `neu seit ${date}`,
    favour: `es seit ${date} neu im Sortiment ist`,
    against: `es schon seit ${date} im Sortiment ist`,
  }),
  trending: {
    line: "zurzeit sehr gefragt",
    favour: "es zurzeit sehr gefragt ist",
    against: "es zurzeit weniger gefragt ist",
  },
  popular: {
    line: "bei vielen beliebt",
    favour: "es bei vielen beliebt ist",
    against: "es weniger beliebt ist",
  },
  catalogue: {
    line: "aus dem Sortiment",
    favour: "es zum Sortiment gehört",
    against: "es weiter hinten im Sortiment steht",
  },
  site: {
    line: "vom Shop hervorgehoben",
    favour: "der Shop es hervorhebt",
    against: "der Shop es zurückstellt",
  },
  features: {
    taste: fits("Ihrem Geschmack"),
    session: fits("Ihren zuletzt angesehenen Artikeln"),
    again: {
      line: "Sie haben es schon einmal gekauft",
      favour: "Sie es schon einmal gekauft haben",
      against: "Sie es schon einmal gekauft haben",
    },
    wanted: { line: "sehr gefragt", favour: "es sehr gefragt ist", against: "es weniger gefragt ist" },
    fresh: {
      line: "die Zeit im Sortiment passt zu Ihnen",
      favour: "die Zeit im Sortiment zu Ihnen passt",
      against: "die Zeit im Sortiment weniger zu Ihnen passt",
    },
    category: {
      line: "die Kategorie passt zu Ihnen",
      favour: "die Kategorie zu Ihnen passt",
      against: "die Kategorie weniger zu Ihnen passt",
    },
    price: {
      line: "der Preis passt zu Ihnen",
      favour: "der Preis zu Ihnen passt",
      against: "der Preis weniger zu Ihnen passt",
    },
    habits: fits("Ihren Gewohnheiten"),
    moment: fits("diesem Moment"),
    diversity: {
      line: "bringt Abwechslung",
      favour: "es Abwechslung bringt",
      against: "es den Artikeln davor sehr ähnelt",
    },
    novelty: {
      line: "ein Geheimtipp",
      favour: "es ein Geheimtipp ist",
      against: "es ohnehin alle haben möchten",
    },
    unproposed: {
      line: "in der engeren Auswahl für Sie",
      favour: "es in der engeren Auswahl für Sie war",
      against: "es nicht in der engeren Auswahl für Sie war",
    },
    later: {
      line: "dafür war noch Platz",
      favour: "dafür noch Platz war",
      against: "andere Artikel Vorrang haben",
    },
  },
};

function fits(to: string): Saying {
  return { line: `passt zu ${to}`, favour: `es zu ${to} passt`, against: `es weniger zu ${to} passt` };
}
