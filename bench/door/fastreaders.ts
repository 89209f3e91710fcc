/** How fast those who read as fast as they can are served. */
import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";

const rounds = 15;
const answersPerRound = 40;

/**
 * Megabytes a second of an address, its answers together, with so many readers at once: the median of some
 * rounds.
 */
export async function readPerSecond(url: string, readers: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: readers });
  const speeds: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const beginMs = performance.now();
    const lengths = await Promise.all(Array.from({ length: answersPerRound }, () => lengthOf(url, agent)));
    const bytes = lengths.reduce((sum, length) => sum + length, 0);
    speeds.push(bytes / 1000 / (performance.now() - beginMs));
  }
  agent.destroy();
  return speeds.toSorted((a, b) => a - b)[Math.floor(rounds / 2)];
}

async function lengthOf(url: string, agent: Agent): Promise<number> {
  const asked = get(url, { agent, headers: { "accept-encoding": "identity" } });
  const [response]: IncomingMessage[] = await once(asked, "response");
  if (response.statusCode !== 200)
    throw new Error(`door: ${url} must answer with 200, got ${response.statusCode}`);
  let length = 0;
  for await (const piece of response) length += piece.length;
  return length;
}
