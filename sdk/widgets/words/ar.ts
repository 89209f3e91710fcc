/** Arabic, in Modern Standard Arabic; to nobody of one gender: nouns stand where a command would have one. */
import type { CardWords, ConsentWords, OnboardingWords, ShelfWords } from "./words.ts";

export const shelf: ShelfWords = {
  headings: {
    "for-you": "مختارات لك",
    similar: "منتجات مشابهة",
    together: "يناسبه أيضًا",
    trending: "الأكثر طلبًا الآن",
    again: "الشراء مجددًا",
  },
  options: (title) => `خيارات ${title}`,
};

export const card: CardWords = {
  why: "لماذا هذا المنتج؟",
  moreLike: "المزيد من أمثاله",
  notForMe: "لا يناسبني",
  nothingFrom: (category) => `لا شيء من فئة ${category}`,
  undo: "تراجع",
  muted: (title) => `لن يظهر ${title} مرة أخرى.`,
  mutedAll: (category) => `لن يظهر شيء من فئة ${category}.`,
  boosted: (title) => `سيظهر المزيد من أمثال ${title}.`,
};

export const consent: ConsentWords = {
  heading: "القرار لك",
  text: "يمكن لهذا الموقع ترتيب قوائمه لك. يجري التعلّم داخل متصفحك، لا على خادم.",
  personalise: "التخصيص على هذا الجهاز",
  personaliseHint: "يتعلّم الموقع من نشاطك هنا، ويحفظ ذلك على هذا الجهاز.",
  contribute: "المساعدة في تحسين القوائم",
  contributeHint: "مشاركتك تُحسب ضمن أشخاص كثيرين: تصل إلى كل من جهتين نصفٌ مبعثر، ولا تستطيع أي منهما قراءته.",
  privacyControl: "متوقف لأن متصفحك يطلب عدم مشاركة البيانات (Global Privacy Control). لا يزال تشغيله ممكنًا.",
  byDefault: "مفعّل افتراضيًا في هذا الموقع.",
  erases: "سيُمحى ما تعلّمه هذا الموقع على هذا الجهاز.",
  no: "رفض الاثنين",
  yes: "السماح بالاثنين",
  yesHere: "السماح على هذا الجهاز",
  save: "حفظ اختياري",
  policy: "المزيد عن الخصوصية",
  known: "ما يعرفه هذا الموقع عنك",
};

export const onboarding: OnboardingWords = {
  heading: "ما الذي يعجبك؟",
  categories: "اختيار الفئات التي تهمك",
  chosen: {
    zero: "لم يُختر شيء",
    one: "اختيار واحد",
    two: "اختياران",
    few: "# اختيارات",
    many: "# اختيارًا",
    other: "# اختيار",
  },
  interests: "بكلماتك",
  interestsHint: "مثلًا: هدية لمن يحب الحدائق",
  onDevice: "تبقى إجاباتك على هذا الجهاز، ويمكن سحبها في أي وقت.",
  save: "حفظ",
  skip: "تخطّي",
  saved: "شكرًا. تراعي القوائم ما ذكرته.",
  undo: "تراجع",
};
