/**
 * How a refusal is told from a fault. What core, worker and sdk refuse says who, what was expected and what
 * came; what the server refuses of an operator's is an `OperatorError`. Everything else is what the engine
 * throws where nobody looked: "Maximum call stack size exceeded", "Invalid array length", "Cannot read
 * properties of null".
 */
import { OperatorError } from "../../server/base/operatorerror.ts";
import { Fault } from "./campaign.ts";

/** `parseReport: …`, `GET /v1/tasks: …`, `part ab12…: …`: a name of few words before a colon. */
const grammar = /^(?:[A-Z]+ \/[\w/]+|[\w.…-]+(?: [\w.…-]+)?): /;
const engines = /^(?:Invalid |Maximum |Cannot |undefined|null|Array |Offset |offset |Unexpected )/;

export function isCoreRefusal(error: unknown): boolean {
  const isKnown = error instanceof TypeError || error instanceof RangeError;
  return isKnown && grammar.test(error.message) && !engines.test(error.message);
}

export function isOperators(error: unknown): boolean {
  return error instanceof OperatorError;
}

/** "read", or "refused"; control characters and whole inputs stand in no refusal. @throws {Fault} */
export async function readOrRefused(
  read: () => unknown,
  isRefusal: (error: unknown) => boolean,
): Promise<"read" | "refused"> {
  try {
    await read();
    return "read";
  } catch (error) {
    if (isRefusal(error)) {
      const { message } = error instanceof Error ? error : new Error();
      if (message.length > longestRefusal)
        throw new Fault(`expected a short refusal, got ${message.length} characters`);
      return "refused";
    }
    throw new Fault(`expected a refusal, got ${error instanceof Error ? error.stack : String(error)}`);
  }
}

/** A refusal is for people to read. */
const longestRefusal = 4_000;
