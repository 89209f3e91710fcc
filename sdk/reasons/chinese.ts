/**
 * Chinese, in simplified characters, with "您". When something was stands before the verb, and clauses are
 * parted by commas. What is written in traditional characters has these words, too.
 */
import { clause, type Words } from "./words.ts";

/** Who, when, and what they did. */
const you = (when: string, did: string): string => `您${when.trim()}${did}`;

export const chinese: Words = {
  quoted: (text) => `“${text}”`,
  because: (clauses) => `因为${clauses}`,
  further: (text) => text,
  contra: (clauses) => `不利之处：${clauses}`,
  joined: (clauses) => clauses.join("，"),
  fullStop: "。",
  justNow: "刚刚",
  date: (formatted) => formatted,
  acts: {
    impression: (title, when) => you(when, `在屏幕上看到过${title}`),
    click: (title, when) => you(when, `打开过${title}`),
    view: (title, when) => you(when, `看过${title}`),
    dwell: (title, when) => you(when, `细看过${title}`),
    search: (title, when) => you(when, `搜索过${title}`),
    cart_add: (title, when) => you(when, `把${title}加入过购物车`),
    cart_remove: (title, when) => you(when, `把${title}移出过购物车`),
    checkout: (_, when) => you(when, "去结过账"),
    purchase: (title, when) => you(when, `买过${title}`),
    refund: (title, when) => you(when, `退过${title}`),
    like: (title, when) => you(when, `给过${title}好评`),
    dislike: (title, when) => you(when, `给过${title}差评`),
    share: (title, when) => you(when, `分享过${title}`),
    hover: (title, when) => you(when, `把鼠标停留在${title}上`),
  },
  wishes: {
    boost: (target) => `您要求多看${target}`,
    less: (target) => `您要求少看${target}`,
    mute: (target) => `您要求不看${target}`,
  },
  targets: {
    item: (value) => `${value}这样的商品`,
    category: (value) => `${value}类商品`,
    brand: (value) => `${value}品牌的商品`,
    word: (value) => `含有${value}的商品`,
  },
  said: {
    categories: (said) => `您说过喜欢${said}`,
    interests: (said) => `您说过对${said}感兴趣`,
    other: (said) => `您说过${said}`,
  },
  others: {
    one: (count) => clause(`还有${count}个理由支持它`, `还有${count}个理由不利于它`),
    other: (count) => clause(`还有${count}个理由支持它`, `还有${count}个理由不利于它`),
  },
  similar: (title) => clause(`与${title}相似`, `与${title}不太相似`),
  together: (title) => clause(`与${title}很搭`, `与${title}不太搭`),
  found: (word) => clause(`与${word}相符`, `与${word}不太相符`),
  near: (found, asked) => clause(`${found}与${asked}相近`, `${found}与${asked}相差较远`),
  meaning: (asked) => clause(`意思与${asked}相近`, `意思与${asked}相差较远`),
  fresh: { line: "新品", favour: "是新品", against: "不是新品" },
  freshSince: (date) => ({
    line: `${date}上架的新品`,
    favour: `是${date}上架的新品`,
    against: `${date}就已上架`,
  }),
  trending: clause("近期热门", "近期不太热门"),
  popular: clause("受许多人喜爱", "喜爱的人较少"),
  catalogue: clause("来自商品目录", "在商品目录中较靠后"),
  site: clause("由商店推荐", "被商店排后"),
  features: {
    taste: clause("符合您的喜好", "不太符合您的喜好"),
    session: clause("与您最近看的相符", "与您最近看的不太相符"),
    again: clause("您以前买过", "您以前买过"),
    wanted: clause("很受欢迎", "不太受欢迎"),
    fresh: clause("上架时间适合您", "上架时间不太适合您"),
    category: clause("类别适合您", "类别不太适合您"),
    price: clause("价格适合您", "价格不太适合您"),
    habits: clause("符合您的购物习惯", "不太符合您的购物习惯"),
    moment: clause("适合此刻", "不太适合此刻"),
    diversity: clause("让推荐更多样", "与前面的很相似"),
    novelty: clause("较为少见", "大家都已喜欢"),
    unproposed: clause("在您的候选之中", "不在您的候选之中"),
    later: clause("还有空位", "其他商品更靠前"),
  },
};
