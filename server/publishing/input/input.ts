/**
 * What an operator hands over, a file or the body of a request: bytes with a name, which are read once, from
 * their stream, so that none is held whole.
 */
import { createReadStream } from "node:fs";
import { messageOf } from "../../../core/errors.ts";
import { OperatorError } from "../../base/operatorerror.ts";

export interface Input {
  /** Names it in complaints. */
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Label of its encoding (https://encoding.spec.whatwg.org/#names-and-labels), where somebody said it. */
  readonly charset?: string | undefined;
}

/** What is wrong with an input, and where: `NAME:LINE: expected …, got …`. */
export class InputFault extends OperatorError {
  constructor(where: string, fault: string) {
    super(`${where}: ${fault}`);
  }
}

export function inputOfFile(path: string, charset?: string): Input {
  return { name: path, bytes: readable(path), charset };
}

export function inputOfBytes(name: string, bytes: Uint8Array, charset?: string): Input {
  const once = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes;
  };
  return { name, bytes: once(), charset };
}

async function* readable(path: string): AsyncGenerator<Uint8Array> {
  const stream: AsyncIterable<Uint8Array> = createReadStream(path, { highWaterMark: 1 << 18 });
  try {
    yield* stream;
  } catch (error) {
    throw new InputFault(path, `expected a readable file, got ${messageOf(error)}`);
  }
}
