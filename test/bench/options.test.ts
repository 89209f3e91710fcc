import { describe, expect, test } from "vitest";
import { parseOptions, splitIn } from "../../bench/options.ts";

const least = ["--data", "d", "--mode", "private"];

describe("parseOptions", () => {
  test("what is not told has the documented default", () => {
    expect(parseOptions(least)).toEqual({
      data: "d",
      mode: "private",
      dim: 64,
      contentDim: 384,
      rounds: 24,
      sweeps: 16,
      alpha0: 0.3,
      lambda: 0.003,
      noise: 0,
      people: 0,
      events: 0,
      unlisted: 5,
      clip: 1,
      countScale: 0.1,
      weightScale: 0.25,
      blockLimit: 1024,
      seed: 1,
      blocks: "walk",
      validation: false,
      json: false,
    });
  });

  test("what is told wins", () => {
    const told = parseOptions([...least, "--dim", "32", "--noise", "0.5", "--json", "--blocks", "draw"]);
    expect(told).toMatchObject({ dim: 32, noise: 0.5, json: true, blocks: "draw", rounds: 24 });
  });

  test.each([
    [
      ["--data", "d", "--mode", "magic"],
      "evaluate: --mode must be one of popularity, content, exact, private, hybrid, pairs, ease, knn, best, got magic",
    ],
    [["--mode", "exact"], "evaluate: --data must name a directory, got nothing"],
    [[...least, "--dim", "1.5"], "evaluate: --dim must be an integer of at least 1, got 1.5"],
    [[...least, "--noise", "-1"], "evaluate: --noise must be a number of at least 0, got -1"],
    [[...least, "--rounds"], "evaluate: --rounds must be followed by a value, got nothing"],
    [[...least, "--rouds", "3"], "evaluate: a flag must be one of --data, --mode,"],
    [[...least, "rounds"], "got rounds"],
  ])("%j is refused, saying what was expected and what came", (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});

test("a split in time is told from one by people, wherever it stands among the arguments", () => {
  expect(splitIn(["--mode", "best"])).toEqual({ split: "random", rest: ["--mode", "best"] });
  expect(splitIn(["--month", "2011-11", "--split", "temporal", "--json"])).toEqual({
    split: "temporal",
    rest: ["--month", "2011-11", "--json"],
  });
  expect(() => splitIn(["--split", "time"])).toThrow(
    "evaluate: --split must be one of random, temporal, got time",
  );
});
