/**
 * Part `experiments`: what a site tries out, signed with the edition and the same for everybody. Which arm a
 * device is in it finds out by itself (core/experiments/assignment.ts). JSON; a browser leaves out an
 * experiment that it does not understand (core/experiments/experimentschema.ts says why), a server takes all
 * of them or none.
 */
import type { Experiment } from "../experiments/experiment.ts";
import { parseExperiments, parseKnownExperiments } from "../experiments/experimentschema.ts";
import { experimentsKind, mostExperimentsBytes } from "../experiments/ref.ts";
import { jsonFromBytes, jsonToBytes } from "../json.ts";
import { encodePart, parsePart } from "./part.ts";

export { experimentsKind };

/** More than a list within its limits of use has. */
const mostValues = 20_000;

/** @throws {TypeError | RangeError} for what no browser would take. */
export function encodeExperiments(experiments: readonly Experiment[]): Uint8Array<ArrayBuffer> {
  const who = "encodeExperiments";
  const json = jsonToBytes({ experiments: parseExperiments(experiments, who) });
  const bytes = encodePart({
    kind: experimentsKind,
    fields: {},
    sections: [{ name: "experiments", type: "json", data: json }],
  });
  listIn(bytes, who);
  return bytes;
}

/** A server's way: all of them. @throws {TypeError | RangeError} `parseExperimentsPart: …` */
export function parseExperimentsPart(bytes: Uint8Array): readonly Experiment[] {
  const who = "parseExperimentsPart";
  return parseExperiments(listIn(bytes, who), who);
}

/** A browser's way: those that it understands. @throws {TypeError | RangeError} `parseKnownExperimentsPart: …` */
export function parseKnownExperimentsPart(bytes: Uint8Array): readonly Experiment[] {
  const who = "parseKnownExperimentsPart";
  return parseKnownExperiments(listIn(bytes, who), who);
}

function listIn(bytes: Uint8Array, who: string): unknown {
  if (bytes.length > mostExperimentsBytes) {
    throw new RangeError(`${who}: expected at most ${mostExperimentsBytes} bytes, got ${bytes.length}`);
  }
  const json = parsePart(bytes, { kind: experimentsKind, who }).section({
    name: "experiments",
    type: "json",
  });
  return Object(jsonFromBytes(json, who, mostValues)).experiments;
}
