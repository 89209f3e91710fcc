/**
 * Hostile inputs to every parser. `npm test` sends a few thousand of them by a fixed seed, which takes some seconds;
 * `npm run test:hostile` sends as many as HOSTILE_INPUTS says, 200,000 unless it does.
 */
import { expect, test } from "vitest";
import { wage } from "./campaign.ts";
import { entrances } from "./entrances.ts";
import { messageGrammars } from "./messages.ts";
import { movingGrammars } from "./moving.ts";
import { readerGrammars } from "./readers.ts";

const grammars = [...(await messageGrammars()), ...readerGrammars(), ...(await movingGrammars())];

test("every exported function that parses or reads what comes from outside has a grammar of hostile inputs", () => {
  const names = grammars.map(({ name }) => name);
  const found = entrances();
  expect(found.length).toBeGreaterThan(50);
  expect(found.filter((entrance) => !names.includes(entrance))).toEqual([]);
  const gone = names.filter((name) => name.includes("#parse") && !found.includes(name));
  expect(gone).toEqual([]);
});

test("whatever a parser is given, it reads or refuses in its own words, and soon", async () => {
  await wage({ name: "parsers", grammars });
}, 3_600_000);
