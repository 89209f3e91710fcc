/** An expected end of a step, by its reason. */
import type { MoveRefusal } from "../moves.ts";

export class Refused extends Error {
  override readonly name = "Refused";
  readonly why: MoveRefusal;

  constructor(why: MoveRefusal) {
    super(`move: refused, ${why}`);
    this.why = why;
  }
}
