/** Chinese, in simplified characters. */
import type { CardWords, ConsentWords, OnboardingWords, ShelfWords } from "./words.ts";

export const shelf: ShelfWords = {
  headings: {
    "for-you": "为您推荐",
    similar: "相似商品",
    together: "搭配推荐",
    trending: "近期热门",
    again: "再次购买",
  },
  options: (title) => `${title}的选项`,
};

export const card: CardWords = {
  why: "为什么推荐这个？",
  moreLike: "多推荐类似的",
  notForMe: "不适合我",
  nothingFrom: (category) => `不看“${category}”类商品`,
  undo: "撤销",
  muted: (title) => `不会再显示${title}。`,
  mutedAll: (category) => `不会再显示“${category}”类商品。`,
  boosted: (title) => `会多推荐与${title}类似的商品。`,
};

export const consent: ConsentWords = {
  heading: "由您决定",
  text: "本站可以为您排列商品。学习在您的浏览器中进行，不在服务器上。",
  personalise: "在此设备上个性化",
  personaliseHint: "根据您在本站的操作学习，并只保存在此设备上。",
  contribute: "帮助改进推荐",
  contributeHint: "将您计入众多用户的总数。两个机构各得到打乱后的一半，任何一方都读不出来。",
  privacyControl: "您的浏览器要求不共享数据（Global Privacy Control），因此该项已关闭。您仍可自行开启。",
  byDefault: "本站默认开启。",
  erases: "本站在此设备上学到的内容将被清除。",
  no: "都不同意",
  yes: "都同意",
  yesHere: "仅同意在此设备上",
  save: "保存我的选择",
  policy: "了解隐私详情",
  known: "本站对您的了解",
};

export const onboarding: OnboardingWords = {
  heading: "您喜欢什么？",
  categories: "选择您感兴趣的类别",
  chosen: { other: "已选 # 项" },
  interests: "用您自己的话说",
  interestsHint: "例如：送给园艺爱好者的礼物",
  onDevice: "您的回答只保存在此设备上，随时可以撤回。",
  save: "保存",
  skip: "跳过",
  saved: "谢谢。商品排列会参考您的回答。",
  undo: "撤销",
};
