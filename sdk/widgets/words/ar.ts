/** Arabic, in Modern Standard Arabic; to nobody of one gender: nouns stand where a command would have one. */
import type { ConsentWords, OnboardingWords, ShelfWords } from "./words.ts";

export const shelf: ShelfWords = {
  headings: {
    "for-you": "مختارات لك",
    similar: "منتجات مشابهة",
    together: "يناسبه أيضًا",
    trending: "الأكثر طلبًا الآن",
    again: "الشراء مجددًا",
  },
  options: (title) => `خيارات ${title}`,
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
  text: "يمكن لهذا الموقع ترتيب قوائمه لك. يجري التعلّم داخل متصفحك، ويبقى نشاطك فيه.",
  personalise: "التخصيص على هذا الجهاز",
  personaliseHint: "يتعلّم الموقع من نشاطك فيه، ولا يغادر شيء هذا الجهاز بسبب ذلك.",
  contribute: "المساعدة في تحسين القوائم",
  contributeHint:
    "تُضاف حصة غير مقروءة إلى مجاميع تخص أشخاصًا كثيرين. تُقسم الحصة بين جهتين ولا تستطيع أي منهما قراءتها.",
  privacyControl:
    "يعلن متصفحك عدم مشاركة البيانات (Global Privacy Control)، ولذلك هذا الخيار متوقف. لا يزال تشغيله ممكنًا.",
  erases: "سيُمحى ما تعلّمه هذا الموقع على هذا الجهاز.",
  no: "لا لكليهما",
  yes: "نعم لكليهما",
  yesHere: "نعم، على هذا الجهاز",
  save: "حفظ الاختيار",
  policy: "المزيد عن الخصوصية",
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
