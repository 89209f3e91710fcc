/**
 * Arabic, in Modern Standard Arabic, to nobody of one gender: acts are in the past tense, which is written
 * alike for all. A reason is named as one ("السبب:"), so that what follows is a sentence of its own. Every
 * quotation is isolated: one from left to right would else turn what stands around it.
 */
import { clause, type Words } from "./words.ts";

export const arabic: Words = {
  // One that runs from right to left is isolated already.
  quoted: (text) => (text.startsWith("\u2068") ? `«${text}»` : `«\u2068${text}\u2069»`),
  because: (clauses) => `السبب: ${clauses}`,
  further: (text) => text,
  contra: (clauses) => `في المقابل: ${clauses}`,
  justNow: "قبل لحظات",
  date: (formatted) => formatted,
  acts: {
    impression: (title, when) => `رأيت ${title} على شاشتك${when}`,
    click: (title, when) => `فتحت ${title}${when}`,
    view: (title, when) => `شاهدت ${title}${when}`,
    dwell: (title, when) => `أمضيت وقتًا مع ${title}${when}`,
    search: (title, when) => `بحثت عن ${title}${when}`,
    cart_add: (title, when) => `أضفت ${title} إلى السلة${when}`,
    cart_remove: (title, when) => `أزلت ${title} من السلة${when}`,
    checkout: (_, when) => `انتقلت إلى الدفع${when}`,
    purchase: (title, when) => `اشتريت ${title}${when}`,
    refund: (title, when) => `أرجعت ${title}${when}`,
    like: (title, when) => `قيّمت ${title} إيجابًا${when}`,
    dislike: (title, when) => `قيّمت ${title} سلبًا${when}`,
    share: (title, when) => `شاركت ${title}${when}`,
    hover: (title, when) => `أشرت إلى ${title}${when}`,
  },
  wishes: {
    boost: (target) => `طلبت المزيد ${target}`,
    less: (target) => `طلبت عددًا أقل ${target}`,
    mute: (target) => `طلبت ألا يظهر شيء ${target}`,
  },
  targets: {
    item: (value) => `مما يشبه ${value}`,
    category: (value) => `من فئة ${value}`,
    brand: (value) => `من علامة ${value}`,
    word: (value) => `مما فيه كلمة ${value}`,
  },
  said: {
    categories: (said) => `ذكرت إعجابك بفئة ${said}`,
    interests: (said) => `ذكرت اهتمامك بموضوع ${said}`,
    other: (said) => `ذكرت ${said}`,
  },
  others: {
    one: () => clause("هناك سبب آخر يرجّحه", "هناك سبب آخر يؤخّره"),
    two: () => clause("هناك سببان آخران يرجّحانه", "هناك سببان آخران يؤخّرانه"),
    few: (count) => clause(`هناك ${count} أسباب أخرى ترجّحه`, `هناك ${count} أسباب أخرى تؤخّره`),
    many: (count) => clause(`هناك ${count} سببًا آخر يرجّحه`, `هناك ${count} سببًا آخر يؤخّره`),
    other: (count) => clause(`هناك ${count} سبب آخر يرجّحه`, `هناك ${count} سبب آخر يؤخّره`),
  },
  similar: (title) => clause(`يشبه ${title}`, `لا يشبه ${title} كثيرًا`),
  together: (title) => clause(`يناسب ${title}`, `لا يناسب ${title} كثيرًا`),
  found: (word) => clause(`يطابق ${word}`, `لا يطابق ${word} كثيرًا`),
  near: (found, asked) => clause(`كلمة ${found} قريبة من ${asked}`, `كلمة ${found} بعيدة عن ${asked}`),
  meaning: (asked) => clause(`معناه قريب من ${asked}`, `معناه بعيد عن ${asked}`),
  fresh: clause("جديد في المتجر", "ليس جديدًا في المتجر"),
  freshSince: (date) => clause(`جديد منذ ${date}`, `في المتجر منذ ${date}`),
  trending: clause("عليه طلب كبير الآن", "الطلب عليه أقل الآن"),
  popular: clause("يحبه كثيرون", "يحبه عدد أقل"),
  catalogue: clause("من منتجات المتجر", "متأخر في قائمة المنتجات"),
  site: clause("يقدّمه المتجر على غيره", "يؤخّره المتجر"),
  features: {
    taste: clause("يناسب ذوقك", "أقل ملاءمة لذوقك"),
    session: clause("يناسب آخر ما شاهدت", "أقل ملاءمة لآخر ما شاهدت"),
    again: clause("سبق أن اشتريته", "سبق أن اشتريته"),
    wanted: clause("عليه طلب كبير", "الطلب عليه أقل"),
    fresh: clause("مدة وجوده في المتجر تناسبك", "مدة وجوده في المتجر أقل ملاءمة لك"),
    category: clause("فئته تناسبك", "فئته أقل ملاءمة لك"),
    price: clause("سعره يناسبك", "سعره أقل ملاءمة لك"),
    habits: clause("يناسب عاداتك في التسوق", "أقل ملاءمة لعاداتك في التسوق"),
    moment: clause("يناسب هذا الوقت", "أقل ملاءمة لهذا الوقت"),
    diversity: clause("يضيف تنوعًا", "يشبه ما قبله كثيرًا"),
    novelty: clause("اختيار غير شائع", "يطلبه الجميع أصلًا"),
    unproposed: clause("ضمن الترشيحات لك", "ليس ضمن الترشيحات لك"),
    later: clause("كان له متسع", "منتجات أخرى تسبقه"),
  },
};
