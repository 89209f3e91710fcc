/**
 * How reasons read, in the four languages: this is the file for whoever reviews a translation. Lines are as they stand under
 * an item; ~ is a space at which no line breaks.
 */
import { expect, test } from "vitest";
import { reasonInWords, reasonsInWords } from "../../../sdk/reasons/reasons.ts";
import type { Reason } from "../../../worker/api.ts";
import { everyReason, languages, nowMs } from "./every.ts";

type Texts = Readonly<Record<(typeof languages)[number], string>>;

/** By what the reason says of an item. */
const lines: Readonly<Record<string, Texts>> = {
  "for: event impression": {
    en: "because you had “Red Mug” on your screen 3 days ago",
    de: "weil Sie „Red Mug“ vor 3 Tagen auf dem Bildschirm hatten",
    fr: "parce que vous aviez «~Red Mug~» à l’écran il y a 3 jours",
    es: "porque tuviste «Red Mug» en pantalla hace 3 días",
  },
  "for: event click": {
    en: "because you opened “Red Mug” 3 days ago",
    de: "weil Sie „Red Mug“ vor 3 Tagen geöffnet haben",
    fr: "parce que vous avez ouvert «~Red Mug~» il y a 3 jours",
    es: "porque abriste «Red Mug» hace 3 días",
  },
  "for: event view": {
    en: "because you viewed “Red Mug” 3 days ago",
    de: "weil Sie „Red Mug“ vor 3 Tagen angesehen haben",
    fr: "parce que vous avez consulté «~Red Mug~» il y a 3 jours",
    es: "porque viste «Red Mug» hace 3 días",
  },
  "for: event dwell": {
    en: "because you spent time on “Red Mug” 3 days ago",
    de: "weil Sie sich vor 3 Tagen Zeit für „Red Mug“ genommen haben",
    fr: "parce que vous avez passé du temps sur «~Red Mug~» il y a 3 jours",
    es: "porque te detuviste en «Red Mug» hace 3 días",
  },
  "for: event search": {
    en: "because you searched for “Red Mug” 3 days ago",
    de: "weil Sie vor 3 Tagen nach „Red Mug“ gesucht haben",
    fr: "parce que vous avez cherché «~Red Mug~» il y a 3 jours",
    es: "porque buscaste «Red Mug» hace 3 días",
  },
  "for: event cart_add": {
    en: "because you put “Red Mug” in your basket 3 days ago",
    de: "weil Sie „Red Mug“ vor 3 Tagen in den Warenkorb gelegt haben",
    fr: "parce que vous avez mis «~Red Mug~» dans votre panier il y a 3 jours",
    es: "porque pusiste «Red Mug» en el carrito hace 3 días",
  },
  "for: event cart_remove": {
    en: "because you took “Red Mug” out of your basket 3 days ago",
    de: "weil Sie „Red Mug“ vor 3 Tagen aus dem Warenkorb genommen haben",
    fr: "parce que vous avez retiré «~Red Mug~» de votre panier il y a 3 jours",
    es: "porque quitaste «Red Mug» del carrito hace 3 días",
  },
  "for: event checkout": {
    en: "because you went to the checkout 3 days ago",
    de: "weil Sie vor 3 Tagen zur Kasse gegangen sind",
    fr: "parce que vous avez commencé une commande il y a 3 jours",
    es: "porque fuiste a pagar hace 3 días",
  },
  "for: event purchase": {
    en: "because you bought “Red Mug” 3 days ago",
    de: "weil Sie „Red Mug“ vor 3 Tagen gekauft haben",
    fr: "parce que vous avez acheté «~Red Mug~» il y a 3 jours",
    es: "porque compraste «Red Mug» hace 3 días",
  },
  "for: event refund": {
    en: "because you returned “Red Mug” 3 days ago",
    de: "weil Sie „Red Mug“ vor 3 Tagen zurückgegeben haben",
    fr: "parce que vous avez rendu «~Red Mug~» il y a 3 jours",
    es: "porque devolviste «Red Mug» hace 3 días",
  },
  "for: event like": {
    en: "because you liked “Red Mug” 3 days ago",
    de: "weil Sie „Red Mug“ vor 3 Tagen gut bewertet haben",
    fr: "parce que vous avez aimé «~Red Mug~» il y a 3 jours",
    es: "porque valoraste bien «Red Mug» hace 3 días",
  },
  "for: event dislike": {
    en: "because you disliked “Red Mug” 3 days ago",
    de: "weil Sie „Red Mug“ vor 3 Tagen schlecht bewertet haben",
    fr: "parce que vous n’avez pas aimé «~Red Mug~» il y a 3 jours",
    es: "porque valoraste mal «Red Mug» hace 3 días",
  },
  "for: event share": {
    en: "because you shared “Red Mug” 3 days ago",
    de: "weil Sie „Red Mug“ vor 3 Tagen geteilt haben",
    fr: "parce que vous avez partagé «~Red Mug~» il y a 3 jours",
    es: "porque compartiste «Red Mug» hace 3 días",
  },
  "against: event impression": {
    en: "against it: you had “Red Mug” on your screen 3 days ago",
    de: "dagegen spricht, dass Sie „Red Mug“ vor 3 Tagen auf dem Bildschirm hatten",
    fr: "en sa défaveur~: vous aviez «~Red Mug~» à l’écran il y a 3 jours",
    es: "en su contra: tuviste «Red Mug» en pantalla hace 3 días",
  },
  "against: event click": {
    en: "against it: you opened “Red Mug” 3 days ago",
    de: "dagegen spricht, dass Sie „Red Mug“ vor 3 Tagen geöffnet haben",
    fr: "en sa défaveur~: vous avez ouvert «~Red Mug~» il y a 3 jours",
    es: "en su contra: abriste «Red Mug» hace 3 días",
  },
  "against: event view": {
    en: "against it: you viewed “Red Mug” 3 days ago",
    de: "dagegen spricht, dass Sie „Red Mug“ vor 3 Tagen angesehen haben",
    fr: "en sa défaveur~: vous avez consulté «~Red Mug~» il y a 3 jours",
    es: "en su contra: viste «Red Mug» hace 3 días",
  },
  "against: event dwell": {
    en: "against it: you spent time on “Red Mug” 3 days ago",
    de: "dagegen spricht, dass Sie sich vor 3 Tagen Zeit für „Red Mug“ genommen haben",
    fr: "en sa défaveur~: vous avez passé du temps sur «~Red Mug~» il y a 3 jours",
    es: "en su contra: te detuviste en «Red Mug» hace 3 días",
  },
  "against: event search": {
    en: "against it: you searched for “Red Mug” 3 days ago",
    de: "dagegen spricht, dass Sie vor 3 Tagen nach „Red Mug“ gesucht haben",
    fr: "en sa défaveur~: vous avez cherché «~Red Mug~» il y a 3 jours",
    es: "en su contra: buscaste «Red Mug» hace 3 días",
  },
  "against: event cart_add": {
    en: "against it: you put “Red Mug” in your basket 3 days ago",
    de: "dagegen spricht, dass Sie „Red Mug“ vor 3 Tagen in den Warenkorb gelegt haben",
    fr: "en sa défaveur~: vous avez mis «~Red Mug~» dans votre panier il y a 3 jours",
    es: "en su contra: pusiste «Red Mug» en el carrito hace 3 días",
  },
  "against: event cart_remove": {
    en: "against it: you took “Red Mug” out of your basket 3 days ago",
    de: "dagegen spricht, dass Sie „Red Mug“ vor 3 Tagen aus dem Warenkorb genommen haben",
    fr: "en sa défaveur~: vous avez retiré «~Red Mug~» de votre panier il y a 3 jours",
    es: "en su contra: quitaste «Red Mug» del carrito hace 3 días",
  },
  "against: event checkout": {
    en: "against it: you went to the checkout 3 days ago",
    de: "dagegen spricht, dass Sie vor 3 Tagen zur Kasse gegangen sind",
    fr: "en sa défaveur~: vous avez commencé une commande il y a 3 jours",
    es: "en su contra: fuiste a pagar hace 3 días",
  },
  "against: event purchase": {
    en: "against it: you bought “Red Mug” 3 days ago",
    de: "dagegen spricht, dass Sie „Red Mug“ vor 3 Tagen gekauft haben",
    fr: "en sa défaveur~: vous avez acheté «~Red Mug~» il y a 3 jours",
    es: "en su contra: compraste «Red Mug» hace 3 días",
  },
  "against: event refund": {
    en: "against it: you returned “Red Mug” 3 days ago",
    de: "dagegen spricht, dass Sie „Red Mug“ vor 3 Tagen zurückgegeben haben",
    fr: "en sa défaveur~: vous avez rendu «~Red Mug~» il y a 3 jours",
    es: "en su contra: devolviste «Red Mug» hace 3 días",
  },
  "against: event like": {
    en: "against it: you liked “Red Mug” 3 days ago",
    de: "dagegen spricht, dass Sie „Red Mug“ vor 3 Tagen gut bewertet haben",
    fr: "en sa défaveur~: vous avez aimé «~Red Mug~» il y a 3 jours",
    es: "en su contra: valoraste bien «Red Mug» hace 3 días",
  },
  "against: event dislike": {
    en: "against it: you disliked “Red Mug” 3 days ago",
    de: "dagegen spricht, dass Sie „Red Mug“ vor 3 Tagen schlecht bewertet haben",
    fr: "en sa défaveur~: vous n’avez pas aimé «~Red Mug~» il y a 3 jours",
    es: "en su contra: valoraste mal «Red Mug» hace 3 días",
  },
  "against: event share": {
    en: "against it: you shared “Red Mug” 3 days ago",
    de: "dagegen spricht, dass Sie „Red Mug“ vor 3 Tagen geteilt haben",
    fr: "en sa défaveur~: vous avez partagé «~Red Mug~» il y a 3 jours",
    es: "en su contra: compartiste «Red Mug» hace 3 días",
  },
  "for: others 1": {
    en: "1 more reason speaks for it",
    de: "1 weiterer Grund spricht dafür",
    fr: "1 autre raison joue en sa faveur",
    es: "1 razón más le suma puntos",
  },
  "for: others 2": {
    en: "2 more reasons speak for it",
    de: "2 weitere Gründe sprechen dafür",
    fr: "2 autres raisons jouent en sa faveur",
    es: "2 razones más le suman puntos",
  },
  "for: others 1200": {
    en: "1,200 more reasons speak for it",
    de: "1.200 weitere Gründe sprechen dafür",
    fr: "1~200 autres raisons jouent en sa faveur",
    es: "1200 razones más le suman puntos",
  },
  "against: others 1": {
    en: "against it: 1 more reason pulls it down",
    de: "dagegen spricht, dass es aus 1 weiteren Grund zurückfällt",
    fr: "en sa défaveur~: 1 autre raison lui fait perdre des places",
    es: "en su contra: 1 razón más le resta puntos",
  },
  "against: others 2": {
    en: "against it: 2 more reasons pull it down",
    de: "dagegen spricht, dass es aus 2 weiteren Gründen zurückfällt",
    fr: "en sa défaveur~: 2 autres raisons lui font perdre des places",
    es: "en su contra: 2 razones más le restan puntos",
  },
  "against: others 1200": {
    en: "against it: 1,200 more reasons pull it down",
    de: "dagegen spricht, dass es aus 1.200 weiteren Gründen zurückfällt",
    fr: "en sa défaveur~: 1~200 autres raisons lui font perdre des places",
    es: "en su contra: 1200 razones más le restan puntos",
  },
  "for: similar item": {
    en: "similar to “Red Mug”",
    de: "ähnlich wie „Red Mug“",
    fr: "ressemble à «~Red Mug~»",
    es: "se parece a «Red Mug»",
  },
  "against: similar item": {
    en: "against it: it is unlike “Red Mug”",
    de: "dagegen spricht, dass es „Red Mug“ kaum ähnelt",
    fr: "en sa défaveur~: cela ne ressemble guère à «~Red Mug~»",
    es: "en su contra: se parece poco a «Red Mug»",
  },
  "for: together item": {
    en: "goes well with “Red Mug”",
    de: "passt gut zu „Red Mug“",
    fr: "va bien avec «~Red Mug~»",
    es: "combina bien con «Red Mug»",
  },
  "against: together item": {
    en: "against it: it goes less well with “Red Mug”",
    de: "dagegen spricht, dass es weniger gut zu „Red Mug“ passt",
    fr: "en sa défaveur~: cela va moins bien avec «~Red Mug~»",
    es: "en su contra: no combina tan bien con «Red Mug»",
  },
  "for: search the same word": {
    en: "matches “mug”",
    de: "passt zu „mug“",
    fr: "correspond à «~mug~»",
    es: "coincide con «mug»",
  },
  "for: search another word": {
    en: "“mug” is close to “beaker”",
    de: "„mug“ ist mit „beaker“ verwandt",
    fr: "le mot «~mug~» est proche de «~beaker~»",
    es: "«mug» tiene que ver con «beaker»",
  },
  "against: search the same word": {
    en: "against it: it hardly matches “mug”",
    de: "dagegen spricht, dass es weniger zu „mug“ passt",
    fr: "en sa défaveur~: cela ne correspond guère à «~mug~»",
    es: "en su contra: apenas coincide con «mug»",
  },
  "against: search another word": {
    en: "against it: “mug” is far from “beaker”",
    de: "dagegen spricht, dass „mug“ mit „beaker“ kaum verwandt ist",
    fr: "en sa défaveur~: le mot «~mug~» est loin de «~beaker~»",
    es: "en su contra: «mug» tiene poco que ver con «beaker»",
  },
  "for: meaning text": {
    en: "close in meaning to “a gift for a baby”",
    de: "passt inhaltlich zu „a gift for a baby“",
    fr: "son sens est proche de «~a gift for a baby~»",
    es: "su significado se parece al de «a gift for a baby»",
  },
  "against: meaning text": {
    en: "against it: it is far in meaning from “a gift for a baby”",
    de: "dagegen spricht, dass es inhaltlich weniger zu „a gift for a baby“ passt",
    fr: "en sa défaveur~: son sens est loin de «~a gift for a baby~»",
    es: "en su contra: su significado se parece poco al de «a gift for a baby»",
  },
  "for: said categories": {
    en: "because you said you like “Garden”",
    de: "weil Sie „Garden“ als Vorliebe angegeben haben",
    fr: "parce que vous avez dit aimer «~Garden~»",
    es: "porque dijiste que te gusta «Garden»",
  },
  "for: said interests": {
    en: "because you said you are interested in “birds”",
    de: "weil Sie „birds“ als Interesse angegeben haben",
    fr: "parce que vous avez dit vous intéresser à «~birds~»",
    es: "porque dijiste que te interesa «birds»",
  },
  "for: said another fact": {
    en: "because you said “yes”",
    de: "weil Sie „yes“ angegeben haben",
    fr: "parce que vous avez indiqué «~yes~»",
    es: "porque indicaste «yes»",
  },
  "against: said categories": {
    en: "against it: you said you like “Garden”",
    de: "dagegen spricht, dass Sie „Garden“ als Vorliebe angegeben haben",
    fr: "en sa défaveur~: vous avez dit aimer «~Garden~»",
    es: "en su contra: dijiste que te gusta «Garden»",
  },
  "against: said interests": {
    en: "against it: you said you are interested in “birds”",
    de: "dagegen spricht, dass Sie „birds“ als Interesse angegeben haben",
    fr: "en sa défaveur~: vous avez dit vous intéresser à «~birds~»",
    es: "en su contra: dijiste que te interesa «birds»",
  },
  "against: said another fact": {
    en: "against it: you said “yes”",
    de: "dagegen spricht, dass Sie „yes“ angegeben haben",
    fr: "en sa défaveur~: vous avez indiqué «~yes~»",
    es: "en su contra: indicaste «yes»",
  },
  "for: trending": {
    en: "in demand at the moment",
    de: "zurzeit sehr gefragt",
    fr: "plaît beaucoup en ce moment",
    es: "gusta mucho últimamente",
  },
  "against: trending": {
    en: "against it: it is less in demand at the moment",
    de: "dagegen spricht, dass es zurzeit weniger gefragt ist",
    fr: "en sa défaveur~: cela plaît moins en ce moment",
    es: "en su contra: gusta menos últimamente",
  },
  "for: popular": {
    en: "popular with many",
    de: "bei vielen beliebt",
    fr: "plaît à beaucoup de monde",
    es: "gusta a mucha gente",
  },
  "against: popular": {
    en: "against it: it is less popular",
    de: "dagegen spricht, dass es weniger beliebt ist",
    fr: "en sa défaveur~: cela plaît à moins de monde",
    es: "en su contra: gusta a menos gente",
  },
  "for: new dated": {
    en: "new since October 1, 2026",
    de: "neu seit dem 1. Oktober 2026",
    fr: "nouveauté depuis le 1er octobre 2026",
    es: "novedad desde el 1 de octubre de 2026",
  },
  "for: new dated by no date": {
    en: "new in the shop",
    de: "neu im Sortiment",
    fr: "nouveauté",
    es: "novedad en la tienda",
  },
  "against: new dated": {
    en: "against it: it has been here since October 1, 2026",
    de: "dagegen spricht, dass es schon seit dem 1. Oktober 2026 im Sortiment ist",
    fr: "en sa défaveur~: c’est en boutique depuis le 1er octobre 2026",
    es: "en su contra: está en la tienda desde el 1 de octubre de 2026",
  },
  "against: new dated by no date": {
    en: "against it: it is not new in the shop",
    de: "dagegen spricht, dass es nicht neu im Sortiment ist",
    fr: "en sa défaveur~: ce n’est pas une nouveauté",
    es: "en su contra: no es novedad en la tienda",
  },
  "for: catalogue": {
    en: "from the catalogue",
    de: "aus dem Sortiment",
    fr: "du catalogue",
    es: "del catálogo",
  },
  "against: catalogue": {
    en: "against it: it is further down the catalogue",
    de: "dagegen spricht, dass es weiter hinten im Sortiment steht",
    fr: "en sa défaveur~: cela vient plus loin dans le catalogue",
    es: "en su contra: está más atrás en el catálogo",
  },
  "for: site": {
    en: "featured by the shop",
    de: "vom Shop hervorgehoben",
    fr: "mise en avant par la boutique",
    es: "la tienda le da prioridad",
  },
  "against: site": {
    en: "against it: the shop ranks it lower",
    de: "dagegen spricht, dass der Shop es zurückstellt",
    fr: "en sa défaveur~: la boutique place cela plus loin",
    es: "en su contra: la tienda le resta prioridad",
  },
  "for: wish mute item": {
    en: "because you asked for nothing like “Red Mug”",
    de: "weil Sie keine Artikel wie „Red Mug“ sehen möchten",
    fr: "parce que vous avez demandé à ne plus voir d’articles comme «~Red Mug~»",
    es: "porque pediste no ver artículos como «Red Mug»",
  },
  "for: wish mute category": {
    en: "because you asked for nothing from the category “Birds”",
    de: "weil Sie keine Artikel aus der Kategorie „Birds“ sehen möchten",
    fr: "parce que vous avez demandé à ne plus voir d’articles de la catégorie «~Birds~»",
    es: "porque pediste no ver artículos de la categoría «Birds»",
  },
  "for: wish mute brand": {
    en: "because you asked for nothing from the brand “Birds”",
    de: "weil Sie keine Artikel der Marke „Birds“ sehen möchten",
    fr: "parce que vous avez demandé à ne plus voir d’articles de la marque «~Birds~»",
    es: "porque pediste no ver artículos de la marca «Birds»",
  },
  "for: wish mute word": {
    en: "because you asked for nothing with the word “Birds”",
    de: "weil Sie keine Artikel mit dem Wort „Birds“ sehen möchten",
    fr: "parce que vous avez demandé à ne plus voir d’articles avec le mot «~Birds~»",
    es: "porque pediste no ver artículos con la palabra «Birds»",
  },
  "for: wish boost item": {
    en: "because you asked for more like “Red Mug”",
    de: "weil Sie sich mehr Artikel wie „Red Mug“ gewünscht haben",
    fr: "parce que vous avez demandé plus d’articles comme «~Red Mug~»",
    es: "porque pediste más artículos como «Red Mug»",
  },
  "for: wish boost category": {
    en: "because you asked for more from the category “Birds”",
    de: "weil Sie sich mehr Artikel aus der Kategorie „Birds“ gewünscht haben",
    fr: "parce que vous avez demandé plus d’articles de la catégorie «~Birds~»",
    es: "porque pediste más artículos de la categoría «Birds»",
  },
  "for: wish boost brand": {
    en: "because you asked for more from the brand “Birds”",
    de: "weil Sie sich mehr Artikel der Marke „Birds“ gewünscht haben",
    fr: "parce que vous avez demandé plus d’articles de la marque «~Birds~»",
    es: "porque pediste más artículos de la marca «Birds»",
  },
  "for: wish boost word": {
    en: "because you asked for more with the word “Birds”",
    de: "weil Sie sich mehr Artikel mit dem Wort „Birds“ gewünscht haben",
    fr: "parce que vous avez demandé plus d’articles avec le mot «~Birds~»",
    es: "porque pediste más artículos con la palabra «Birds»",
  },
  "for: wish less item": {
    en: "because you asked for less like “Red Mug”",
    de: "weil Sie sich weniger Artikel wie „Red Mug“ gewünscht haben",
    fr: "parce que vous avez demandé moins d’articles comme «~Red Mug~»",
    es: "porque pediste menos artículos como «Red Mug»",
  },
  "for: wish less category": {
    en: "because you asked for less from the category “Birds”",
    de: "weil Sie sich weniger Artikel aus der Kategorie „Birds“ gewünscht haben",
    fr: "parce que vous avez demandé moins d’articles de la catégorie «~Birds~»",
    es: "porque pediste menos artículos de la categoría «Birds»",
  },
  "for: wish less brand": {
    en: "because you asked for less from the brand “Birds”",
    de: "weil Sie sich weniger Artikel der Marke „Birds“ gewünscht haben",
    fr: "parce que vous avez demandé moins d’articles de la marque «~Birds~»",
    es: "porque pediste menos artículos de la marca «Birds»",
  },
  "for: wish less word": {
    en: "because you asked for less with the word “Birds”",
    de: "weil Sie sich weniger Artikel mit dem Wort „Birds“ gewünscht haben",
    fr: "parce que vous avez demandé moins d’articles avec le mot «~Birds~»",
    es: "porque pediste menos artículos con la palabra «Birds»",
  },
  "for: wish less item that is gone": {
    en: "because you asked for less like “84879”",
    de: "weil Sie sich weniger Artikel wie „84879“ gewünscht haben",
    fr: "parce que vous avez demandé moins d’articles comme «~84879~»",
    es: "porque pediste menos artículos como «84879»",
  },
  "against: wish mute item": {
    en: "against it: you asked for nothing like “Red Mug”",
    de: "dagegen spricht, dass Sie keine Artikel wie „Red Mug“ sehen möchten",
    fr: "en sa défaveur~: vous avez demandé à ne plus voir d’articles comme «~Red Mug~»",
    es: "en su contra: pediste no ver artículos como «Red Mug»",
  },
  "against: wish mute category": {
    en: "against it: you asked for nothing from the category “Birds”",
    de: "dagegen spricht, dass Sie keine Artikel aus der Kategorie „Birds“ sehen möchten",
    fr: "en sa défaveur~: vous avez demandé à ne plus voir d’articles de la catégorie «~Birds~»",
    es: "en su contra: pediste no ver artículos de la categoría «Birds»",
  },
  "against: wish mute brand": {
    en: "against it: you asked for nothing from the brand “Birds”",
    de: "dagegen spricht, dass Sie keine Artikel der Marke „Birds“ sehen möchten",
    fr: "en sa défaveur~: vous avez demandé à ne plus voir d’articles de la marque «~Birds~»",
    es: "en su contra: pediste no ver artículos de la marca «Birds»",
  },
  "against: wish mute word": {
    en: "against it: you asked for nothing with the word “Birds”",
    de: "dagegen spricht, dass Sie keine Artikel mit dem Wort „Birds“ sehen möchten",
    fr: "en sa défaveur~: vous avez demandé à ne plus voir d’articles avec le mot «~Birds~»",
    es: "en su contra: pediste no ver artículos con la palabra «Birds»",
  },
  "against: wish boost item": {
    en: "against it: you asked for more like “Red Mug”",
    de: "dagegen spricht, dass Sie sich mehr Artikel wie „Red Mug“ gewünscht haben",
    fr: "en sa défaveur~: vous avez demandé plus d’articles comme «~Red Mug~»",
    es: "en su contra: pediste más artículos como «Red Mug»",
  },
  "against: wish boost category": {
    en: "against it: you asked for more from the category “Birds”",
    de: "dagegen spricht, dass Sie sich mehr Artikel aus der Kategorie „Birds“ gewünscht haben",
    fr: "en sa défaveur~: vous avez demandé plus d’articles de la catégorie «~Birds~»",
    es: "en su contra: pediste más artículos de la categoría «Birds»",
  },
  "against: wish boost brand": {
    en: "against it: you asked for more from the brand “Birds”",
    de: "dagegen spricht, dass Sie sich mehr Artikel der Marke „Birds“ gewünscht haben",
    fr: "en sa défaveur~: vous avez demandé plus d’articles de la marque «~Birds~»",
    es: "en su contra: pediste más artículos de la marca «Birds»",
  },
  "against: wish boost word": {
    en: "against it: you asked for more with the word “Birds”",
    de: "dagegen spricht, dass Sie sich mehr Artikel mit dem Wort „Birds“ gewünscht haben",
    fr: "en sa défaveur~: vous avez demandé plus d’articles avec le mot «~Birds~»",
    es: "en su contra: pediste más artículos con la palabra «Birds»",
  },
  "against: wish less item": {
    en: "against it: you asked for less like “Red Mug”",
    de: "dagegen spricht, dass Sie sich weniger Artikel wie „Red Mug“ gewünscht haben",
    fr: "en sa défaveur~: vous avez demandé moins d’articles comme «~Red Mug~»",
    es: "en su contra: pediste menos artículos como «Red Mug»",
  },
  "against: wish less category": {
    en: "against it: you asked for less from the category “Birds”",
    de: "dagegen spricht, dass Sie sich weniger Artikel aus der Kategorie „Birds“ gewünscht haben",
    fr: "en sa défaveur~: vous avez demandé moins d’articles de la catégorie «~Birds~»",
    es: "en su contra: pediste menos artículos de la categoría «Birds»",
  },
  "against: wish less brand": {
    en: "against it: you asked for less from the brand “Birds”",
    de: "dagegen spricht, dass Sie sich weniger Artikel der Marke „Birds“ gewünscht haben",
    fr: "en sa défaveur~: vous avez demandé moins d’articles de la marque «~Birds~»",
    es: "en su contra: pediste menos artículos de la marca «Birds»",
  },
  "against: wish less word": {
    en: "against it: you asked for less with the word “Birds”",
    de: "dagegen spricht, dass Sie sich weniger Artikel mit dem Wort „Birds“ gewünscht haben",
    fr: "en sa défaveur~: vous avez demandé moins d’articles avec le mot «~Birds~»",
    es: "en su contra: pediste menos artículos con la palabra «Birds»",
  },
  "against: wish less item that is gone": {
    en: "against it: you asked for less like “84879”",
    de: "dagegen spricht, dass Sie sich weniger Artikel wie „84879“ gewünscht haben",
    fr: "en sa défaveur~: vous avez demandé moins d’articles comme «~84879~»",
    es: "en su contra: pediste menos artículos como «84879»",
  },
  "for: feature taste": {
    en: "suits your taste",
    de: "passt zu Ihrem Geschmack",
    fr: "correspond à vos goûts",
    es: "encaja con tus gustos",
  },
  "for: feature session": {
    en: "fits what you looked at last",
    de: "passt zu Ihren zuletzt angesehenen Artikeln",
    fr: "correspond à ce que vous avez vu récemment",
    es: "encaja con lo último que viste",
  },
  "for: feature again": {
    en: "you bought it before",
    de: "Sie haben es schon einmal gekauft",
    fr: "vous avez déjà acheté cet article",
    es: "ya compraste este artículo",
  },
  "for: feature wanted": {
    en: "in demand",
    de: "sehr gefragt",
    fr: "plaît beaucoup",
    es: "gusta mucho",
  },
  "for: feature fresh": {
    en: "the time it has been here suits you",
    de: "die Zeit im Sortiment passt zu Ihnen",
    fr: "son ancienneté en boutique vous convient",
    es: "el tiempo que lleva en la tienda encaja contigo",
  },
  "for: feature category": {
    en: "its category suits you",
    de: "die Kategorie passt zu Ihnen",
    fr: "sa catégorie vous convient",
    es: "su categoría encaja contigo",
  },
  "for: feature price": {
    en: "its price suits you",
    de: "der Preis passt zu Ihnen",
    fr: "son prix vous convient",
    es: "su precio encaja contigo",
  },
  "for: feature habits": {
    en: "fits how you shop",
    de: "passt zu Ihren Gewohnheiten",
    fr: "correspond à vos habitudes",
    es: "encaja con tus hábitos",
  },
  "for: feature moment": {
    en: "suits this moment",
    de: "passt zu diesem Moment",
    fr: "convient à ce moment",
    es: "encaja con este momento",
  },
  "for: feature diversity": {
    en: "adds variety",
    de: "bringt Abwechslung",
    fr: "apporte de la variété",
    es: "aporta variedad",
  },
  "for: feature novelty": {
    en: "a rarer find",
    de: "ein Geheimtipp",
    fr: "sort de l’ordinaire",
    es: "se sale de lo habitual",
  },
  "for: feature unproposed": {
    en: "on your shortlist",
    de: "in der engeren Auswahl für Sie",
    fr: "fait partie de votre présélection",
    es: "está en tu preselección",
  },
  "for: feature later": {
    en: "there was room for it",
    de: "dafür war noch Platz",
    fr: "la liste avait encore de la place",
    es: "quedaba sitio",
  },
  "against: feature taste": {
    en: "against it: it suits your taste less",
    de: "dagegen spricht, dass es weniger zu Ihrem Geschmack passt",
    fr: "en sa défaveur~: cela correspond moins à vos goûts",
    es: "en su contra: encaja menos con tus gustos",
  },
  "against: feature session": {
    en: "against it: it fits less well with what you looked at last",
    de: "dagegen spricht, dass es weniger zu Ihren zuletzt angesehenen Artikeln passt",
    fr: "en sa défaveur~: cela correspond moins à ce que vous avez vu récemment",
    es: "en su contra: encaja menos con lo último que viste",
  },
  "against: feature again": {
    en: "against it: you bought it before",
    de: "dagegen spricht, dass Sie es schon einmal gekauft haben",
    fr: "en sa défaveur~: vous avez déjà acheté cet article",
    es: "en su contra: ya compraste este artículo",
  },
  "against: feature wanted": {
    en: "against it: it is less in demand",
    de: "dagegen spricht, dass es weniger gefragt ist",
    fr: "en sa défaveur~: cela plaît moins",
    es: "en su contra: gusta menos",
  },
  "against: feature fresh": {
    en: "against it: the time it has been here suits you less",
    de: "dagegen spricht, dass die Zeit im Sortiment weniger zu Ihnen passt",
    fr: "en sa défaveur~: son ancienneté en boutique vous convient moins",
    es: "en su contra: el tiempo que lleva en la tienda encaja menos contigo",
  },
  "against: feature category": {
    en: "against it: its category suits you less",
    de: "dagegen spricht, dass die Kategorie weniger zu Ihnen passt",
    fr: "en sa défaveur~: sa catégorie vous convient moins",
    es: "en su contra: su categoría encaja menos contigo",
  },
  "against: feature price": {
    en: "against it: its price suits you less",
    de: "dagegen spricht, dass der Preis weniger zu Ihnen passt",
    fr: "en sa défaveur~: son prix vous convient moins",
    es: "en su contra: su precio encaja menos contigo",
  },
  "against: feature habits": {
    en: "against it: it fits less well with how you shop",
    de: "dagegen spricht, dass es weniger zu Ihren Gewohnheiten passt",
    fr: "en sa défaveur~: cela correspond moins à vos habitudes",
    es: "en su contra: encaja menos con tus hábitos",
  },
  "against: feature moment": {
    en: "against it: it suits this moment less",
    de: "dagegen spricht, dass es weniger zu diesem Moment passt",
    fr: "en sa défaveur~: cela convient moins à ce moment",
    es: "en su contra: encaja menos con este momento",
  },
  "against: feature diversity": {
    en: "against it: it is much like what comes before it",
    de: "dagegen spricht, dass es den Artikeln davor sehr ähnelt",
    fr: "en sa défaveur~: cela ressemble beaucoup à ce qui précède",
    es: "en su contra: se parece mucho a lo anterior",
  },
  "against: feature novelty": {
    en: "against it: it is wanted by everybody already",
    de: "dagegen spricht, dass es ohnehin alle haben möchten",
    fr: "en sa défaveur~: tout le monde en veut déjà",
    es: "en su contra: ya gusta a todo el mundo",
  },
  "against: feature unproposed": {
    en: "against it: it is not on your shortlist",
    de: "dagegen spricht, dass es nicht in der engeren Auswahl für Sie war",
    fr: "en sa défaveur~: cela ne fait pas partie de votre présélection",
    es: "en su contra: no está en tu preselección",
  },
  "against: feature later": {
    en: "against it: others come first",
    de: "dagegen spricht, dass andere Artikel Vorrang haben",
    fr: "en sa défaveur~: d’autres articles passent avant",
    es: "en su contra: otros artículos van primero",
  },
};

const dayMs = 86_400_000;
const titled = (item: string, title: string) => ({ item, title });
const act = (kind: "purchase" | "view" | "refund", thing: ReturnType<typeof titled>, days: number) =>
  ({ why: "event", event: `${kind} ${days}`, kind, ...thing, atMs: nowMs - days * dayMs }) as const;
const [redMug, blueCup] = [titled("1", "Red Mug"), titled("2", "Blue Cup")];
const [teaPot, tin] = [titled("3", "Tea Pot"), titled("4", "Tin")];

const shelf: readonly Reason[] = [
  { ...act("purchase", redMug, 20), contribution: 0.9 },
  { ...act("view", redMug, 1), contribution: 0.8 },
  { why: "others", events: 12, contribution: 0.7 },
  { ...act("view", blueCup, 1), contribution: 0.6 },
  { ...act("view", tin, 1), contribution: 0.55 },
  { why: "trending", contribution: 0.5 },
  { why: "feature", feature: "price", contribution: 0.1 },
  { ...act("refund", teaPot, 100), contribution: -0.4 },
  { why: "feature", feature: "diversity", contribution: -0.2 },
  { why: "site", rule: "bury", contribution: -0.1 },
];

const sentences: Texts = {
  en:
    "Because you bought “Red Mug” 2 weeks ago, you viewed “Blue Cup” and “Tin” yesterday, it is in demand at the moment, and 12 more reasons speak for it. " +
    "Against it: you returned “Tea Pot” 3 months ago and it is much like what comes before it.",
  de:
    "Weil Sie „Red Mug“ vor 2 Wochen gekauft haben, Sie „Blue Cup“ und „Tin“ gestern angesehen haben, es zurzeit sehr gefragt ist und 12 weitere Gründe dafür sprechen. " +
    "Dagegen spricht, dass Sie „Tea Pot“ vor 3 Monaten zurückgegeben haben und es den Artikeln davor sehr ähnelt.",
  fr:
    "Parce que vous avez acheté «~Red Mug~» il y a 2 semaines, que vous avez consulté «~Blue Cup~» et «~Tin~» hier, que cela plaît beaucoup en ce moment et que 12 autres raisons jouent en sa faveur. " +
    "En sa défaveur~: vous avez rendu «~Tea Pot~» il y a 3 mois et cela ressemble beaucoup à ce qui précède.",
  es:
    "Porque compraste «Red Mug» hace 2 semanas, viste «Blue Cup» y «Tin» ayer, gusta mucho últimamente y 12 razones más le suman puntos. " +
    "En su contra: devolviste «Tea Pot» hace 3 meses y se parece mucho a lo anterior.",
};

const shown = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, "~");

test("every reason reads as it was translated, in each language", () => {
  const read = everyReason.map(({ name, reason }) => [
    name,
    Object.fromEntries(
      languages.map((language) => [language, shown(reasonInWords(reason, { language, nowMs }))]),
    ),
  ]);
  expect(Object.fromEntries(read)).toEqual(lines);
});

test("reasons of an item are a sentence, and what speaks against it another, of each language", () => {
  const options = { nowMs, most: 5, against: 2 };
  const read = languages.map((language) => [
    language,
    shown(reasonsInWords(shelf, { ...options, language })),
  ]);
  expect(Object.fromEntries(read)).toEqual(sentences);
});
