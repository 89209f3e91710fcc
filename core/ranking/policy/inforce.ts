/** What a site's policies and a person's wishes say about the answer to a question. */
import type { PolicyList } from "../../model/policy.ts";
import type { Condition } from "../../policy/condition.ts";
import type { ListPolicy } from "../../policy/listpolicy.ts";
import type { Wish } from "../../policy/wish.ts";
import type { Question } from "../question.ts";

const lists: Readonly<Record<Question["by"], PolicyList>> = {
  person: "recommend",
  again: "recommend",
  similar: "similar",
  together: "goesWith",
  text: "search",
  trending: "trending",
  popular: "trending",
  new: "trending",
};

/** The call's own first, then those of the list, then those of all lists. */
export function policiesFor({ by, policy, model }: Question): readonly ListPolicy[] {
  const site = model.policy ?? {};
  return [policy, site[lists[by]], site.all].filter((one) => one !== undefined && one !== null);
}

const conditions = new WeakMap<Wish, Condition>();

/** What a wish is about; the same object for the same wish, so that its rows are found once. */
export function conditionOf(wish: Wish): Condition {
  const condition = conditions.get(wish) ?? madeOf(wish);
  conditions.set(wish, condition);
  return condition;
}

function madeOf({ of, value }: Wish): Condition {
  return of === "brand" ? { attributes: { brand: value } } : { [of]: value };
}
