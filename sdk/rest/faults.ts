/** What is wrong with what a page said: the texts that the loader does without. */
import { eventFields, parseEventInput } from "../../core/events/event.ts";
import { parseFacts } from "../../core/events/fact.ts";
import { parseWishes } from "../../core/policy/wish.ts";
import { parsePermissions } from "../consent.ts";
import type { Misread } from "../parts.ts";
import type { Troubles } from "../troubles.ts";
import { tellUnknown } from "../unknown.ts";

/** @throws {TypeError} saying who expected what, and got what; nothing where it was only told. */
export function tellFault(of: Misread, args: readonly unknown[], troubles: Troubles): void {
  switch (of) {
    case "track":
      // First: a property that is missing may be one that is mistyped.
      tellUnknown(troubles, "track: properties", args[1], eventFields);
      parseEventInput(args[0], args[1]);
      break;
    case "declare":
      parseFacts(args[0]);
      break;
    case "steer":
      parseWishes(args[0]);
      break;
    case "consent":
      parsePermissions("consent", args[0]);
      break;
  }
}
