/**
 * Hostile reports, each made from a real one, with the fate that docs/PROTOCOL.md gives it. Each kind draws
 * on two numbers, so that a failure can be fired again.
 */
import { randomBytes } from "node:crypto";
import { modulus, toField } from "../../../core/sum/field.ts";
import { splitShares } from "../../../core/sum/share.ts";
import { encodeReport, type Report, reportBytes } from "../../../core/wire/report.ts";
import { maskOf } from "../../../server/tasks/mask.ts";
import { type OpenTasks, randomValues, reportOf, sealedReport, withSum } from "../harness.ts";
import { type Fate, type Ground, type LeftOut, refused, type Shot, shotOf } from "./ground.ts";

/** Two numbers below 2^31 that decide where and how. */
export interface Draw {
  readonly a: number;
  readonly b: number;
}

type Sealed = Pick<OpenTasks, "tasks" | "keys">;
type Maker = (ground: Ground, draw: Draw) => Promise<Shot>;

const leftOut = (why: LeftOut): Fate => ({ end: "left-out", why });
const unsealable = leftOut("unsealable");
const notByHelper = leftOut("helper: bad-seal");
const duplicate: Fate = { end: "duplicate" };

const aBlock = ({ tasks }: Pick<Ground, "tasks">, { b }: Draw): number => b % tasks.tasks[0].blocks;

/** A good report that is the attacker's own: nobody else has its id. */
function fresh({ tasks }: { readonly tasks: Sealed }, block: number, id?: Uint8Array): Promise<Report> {
  return reportOf({ tasks, block, values: randomValues(tasks), ...(id === undefined ? {} : { id }) });
}

const keyFrom = (tasks: Sealed, keys: Partial<Sealed["keys"]>): Sealed => ({
  tasks: tasks.tasks,
  keys: { ...tasks.keys, ...keys },
});

/** Where the parts of a report stand, for a vector of `length` numbers and no token. */
function partsOf(length: number) {
  const share = 4 * length + 48;
  const shareAt = 66;
  const seedLengthAt = shareAt + share;
  const seedAt = seedLengthAt + 4;
  return { share, shareLengthAt: 62, shareAt, seedLengthAt, seedAt, tokenLengthAt: seedAt + 32 + 48 };
}

function raw(name: string, bytes: Uint8Array, report: Report, fate: Fate): Shot {
  return { ...shotOf(name, report, fate), bytes };
}

/** What must become of a report with one byte changed, by the part that the byte stands in. */
function fateOfByte(at: number, block: number, { tasks }: Ground): Fate {
  const [task] = tasks.tasks;
  const { shareAt, seedLengthAt, seedAt, tokenLengthAt } = partsOf(task.length);
  if (at < 6) return refused("malformed");
  if (at < 8) return refused("unknown-key");
  if (at < 24) return unsealable;
  if (at < 26) return refused("malformed");
  if (at < 58) return refused("unknown-task");
  if (at < 62) return block < task.blocks ? unsealable : refused("wrong-block");
  if (at < shareAt) return refused("malformed");
  if (at < seedLengthAt) return unsealable;
  if (at < seedAt || at >= tokenLengthAt) return refused("malformed");
  return notByHelper;
}

export const makers = {
  truncated: async (ground, draw) => {
    const report = await fresh(ground, aBlock(ground, draw));
    const bytes = encodeReport(report);
    return raw("truncated", bytes.subarray(0, draw.a % bytes.length), report, refused("malformed"));
  },
  extended: async (ground, draw) => {
    const report = await fresh(ground, aBlock(ground, draw));
    const bytes = Buffer.concat([encodeReport(report), randomBytes(1 + (draw.a % 3000))]);
    return raw("extended", bytes, report, refused("wrong-length", 413));
  },
  "bit flipped": async (ground, draw) => {
    const report = await fresh(ground, aBlock(ground, draw));
    return changed("bit flipped", ground, report, { at: draw.a >> 3, mask: 1 << (draw.a & 7) });
  },
  "byte changed": async (ground, draw) => {
    const report = await fresh(ground, aBlock(ground, draw));
    return changed("byte changed", ground, report, { at: draw.a, mask: 1 + (draw.b % 255) });
  },
  rotated: async (ground, draw) => {
    const report = await fresh(ground, aBlock(ground, draw));
    const bytes = encodeReport(report);
    const at = 1 + (draw.a % (bytes.length - 1));
    const turned = Buffer.concat([bytes.subarray(at), bytes.subarray(0, at)]);
    return raw("rotated", turned, report, refused("malformed"));
  },
  noise: async (ground, draw) => {
    const bytes = randomBytes(draw.a % 800);
    const limit = reportBytes([ground.tasks.tasks[0].length], { token: false });
    const fate = bytes.length > limit ? refused("wrong-length", 413) : refused("malformed");
    return { name: "noise", bytes, id: bytes, block: 0, fate };
  },
  "noise behind a good header": async (ground, draw) => {
    const report = await fresh(ground, aBlock(ground, draw));
    const bytes = Buffer.concat([encodeReport(report).subarray(0, 62), randomBytes(draw.a % 300)]);
    return raw("noise behind a good header", bytes, report, refused("malformed"));
  },
  "length that is not there": async (ground, draw) => {
    const report = await fresh(ground, aBlock(ground, draw));
    const bytes = encodeReport(report);
    const { share, shareLengthAt, seedLengthAt, tokenLengthAt } = partsOf(ground.tasks.tasks[0].length);
    const at = [shareLengthAt, seedLengthAt, tokenLengthAt][draw.a % 3];
    const { buffer, byteOffset } = bytes;
    // Beyond what is there, up to the largest number that fits.
    const claim = draw.b % 7 === 0 ? 2 ** 32 - 1 : share + 200 + draw.b;
    new DataView(buffer, byteOffset).setUint32(at, claim, true);
    return raw("length that is not there", bytes, report, refused("malformed"));
  },
  "parts exchanged": async (ground, draw) => {
    const report = await fresh(ground, aBlock(ground, draw));
    const { leaderShare: helperSeed, helperSeed: leaderShare } = report.sums[0];
    return shotOf("parts exchanged", withSum(report, { leaderShare, helperSeed }), refused("wrong-length"));
  },
  "shorter vector": async (ground, draw) => {
    const { tasks } = ground;
    const values = randomValues(tasks).subarray(0, draw.a % tasks.tasks[0].length);
    const report = await reportOf({ tasks, block: aBlock(ground, draw), values });
    return shotOf("shorter vector", report, refused("wrong-length"));
  },
  "longer seed, shorter vector": async (ground, draw) => {
    const { tasks } = ground;
    const length = tasks.tasks[0].length;
    const numbers = 1 + (draw.a % (length - 1));
    const report = await sealedReport({
      tasks,
      block: aBlock(ground, draw),
      id: randomBytes(16),
      seed: randomBytes(32 + 4 * numbers),
      share: new Uint32Array(length - numbers),
    });
    return shotOf("longer seed, shorter vector", report, refused("wrong-length"));
  },
  "token where none is asked for": async (ground, draw) => {
    const report = await fresh(ground, aBlock(ground, draw));
    const token = randomBytes(1 + (draw.a % 400));
    return shotOf("token where none is asked for", { ...report, token }, refused("wrong-length", 413));
  },
  "block beyond the last": async (ground, draw) => {
    const block = ground.tasks.tasks[0].blocks + draw.a;
    return shotOf("block beyond the last", await fresh(ground, block), refused("wrong-block"));
  },
  "unknown key of the leader": async (ground, draw) => {
    const report = await fresh(ground, aBlock(ground, draw));
    const leaderKey = (report.leaderKey + 1 + (draw.a % 255)) % 256;
    return shotOf("unknown key of the leader", { ...report, leaderKey }, refused("unknown-key"));
  },
  "unknown key of the helper": async (ground, draw) => {
    const report = await fresh(ground, aBlock(ground, draw));
    const helperKey = (report.helperKey + 1 + (draw.a % 255)) % 256;
    return shotOf("unknown key of the helper", { ...report, helperKey }, refused("unknown-key"));
  },
  "task that nobody gave out": async (ground, draw) => {
    const [task] = ground.tasks.tasks;
    const tasks = { ...ground.tasks, tasks: [{ ...task, round: task.round + 1 + draw.a }] };
    const report = await fresh({ tasks }, aBlock(ground, draw));
    return shotOf("task that nobody gave out", report, refused("unknown-task"));
  },
  "old task": async (ground, draw) => {
    const report = await fresh(ground.before, aBlock(ground, draw));
    return shotOf("old task", report, refused("task-closed"));
  },
  "old task, played again": async ({ before }) => shotOf("old task, played again", before.report, duplicate),
  "old report under the new task": async (ground, draw) => {
    const report = await fresh(ground.before, aBlock(ground, draw));
    const { task } = (await fresh(ground, 0)).sums[0];
    return shotOf("old report under the new task", withSum(report, { task }), unsealable);
  },
  "old seed under the new task": async (ground, draw) => {
    const block = aBlock(ground, draw);
    const report = await fresh(ground, block);
    const { helperSeed } = (await fresh(ground.before, block, report.id)).sums[0];
    return shotOf("old seed under the new task", withSum(report, { helperSeed }), notByHelper);
  },
  "seed of another block": async (ground, draw) => {
    const block = aBlock(ground, draw);
    const report = await fresh(ground, block);
    const { helperSeed } = (await fresh(ground, (block + 1) % 3, report.id)).sums[0];
    return shotOf("seed of another block", withSum(report, { helperSeed }), notByHelper);
  },
  "share of another block": async (ground, draw) => {
    const block = aBlock(ground, draw);
    const report = await fresh(ground, block);
    const { leaderShare } = (await fresh(ground, (block + 1) % 3, report.id)).sums[0];
    return shotOf("share of another block", withSum(report, { leaderShare }), unsealable);
  },
  "seed of another report": async (ground, draw) => {
    const block = aBlock(ground, draw);
    const { helperSeed } = (await fresh(ground, block)).sums[0];
    return shotOf("seed of another report", withSum(await fresh(ground, block), { helperSeed }), notByHelper);
  },
  "share of another report": async (ground, draw) => {
    const block = aBlock(ground, draw);
    const { leaderShare } = (await fresh(ground, block)).sums[0];
    return shotOf(
      "share of another report",
      withSum(await fresh(ground, block), { leaderShare }),
      unsealable,
    );
  },
  "same seals under another id": async (ground, draw) => {
    const report = await fresh(ground, aBlock(ground, draw));
    return shotOf("same seals under another id", { ...report, id: randomBytes(16) }, unsealable);
  },
  "share sealed to the helper": async (ground, draw) => {
    const { leader, helper } = ground.tasks.keys;
    const tasks = keyFrom(ground.tasks, { leader: { id: leader.id, key: helper.key } });
    const report = await fresh({ tasks }, aBlock(ground, draw));
    return shotOf("share sealed to the helper", report, unsealable);
  },
  "seed sealed to the leader": async (ground, draw) => {
    const { leader, helper } = ground.tasks.keys;
    const tasks = keyFrom(ground.tasks, { helper: { id: helper.id, key: leader.key } });
    const report = await fresh({ tasks }, aBlock(ground, draw));
    return shotOf("seed sealed to the leader", report, notByHelper);
  },
  "share sealed as a helper's seed": async (ground, draw) => {
    const { leader, helper } = ground.tasks.keys;
    const report = await fresh(ground, aBlock(ground, draw));
    // The leader's own key and the right additional data: only the purpose in HPKE's info is the other one.
    const [sum] = report.sums;
    const sealed = await sealedReport({
      tasks: keyFrom(ground.tasks, { helper: { id: helper.id, key: leader.key } }),
      block: sum.block,
      id: report.id,
      seed: new Uint8Array(sum.leaderShare.length - 48),
      share: new Uint32Array(1),
    });
    const leaderShare = sealed.sums[0].helperSeed;
    return shotOf("share sealed as a helper's seed", withSum(report, { leaderShare }), unsealable);
  },
  "share outside the field": async (ground, draw) => {
    const { tasks } = ground;
    const values = randomValues(tasks);
    const seed = randomBytes(32);
    const share = splitShares(toField(values), maskOf(seed, values.length));
    share[draw.a % share.length] = modulus + (draw.b % (2 ** 32 - modulus));
    const report = await sealedReport({
      tasks,
      block: aBlock(ground, draw),
      id: randomBytes(16),
      seed,
      share,
    });
    return shotOf("share outside the field", report, leftOut("outside-field"));
  },
  // A browser may draw any seed, the same as another or a foolish one: that harms its own hiding, and no sum.
  "seed that others have": async (ground, draw) => {
    const { tasks } = ground;
    const values = randomValues(tasks);
    const seed = new Uint8Array(32).fill(draw.a % 2);
    const share = splitShares(toField(values), maskOf(seed, values.length));
    const block = aBlock(ground, draw);
    const report = await sealedReport({ tasks, block, id: randomBytes(16), seed, share });
    return shotOf("seed that others have", report, { end: "counted", values });
  },
  "known id, anything else": async (ground, draw) => {
    const known = ground.book.counted[draw.a % ground.book.counted.length];
    const other = await fresh(ground, draw.b % 7, known.id);
    const spoilt = [
      other,
      { ...other, helperKey: other.helperKey ^ 1 },
      withSum(other, { leaderShare: randomBytes(9) }),
    ];
    return shotOf("known id, anything else", spoilt[draw.b % 3], duplicate);
  },
} as const satisfies Readonly<Record<string, Maker>>;

export type Kind = keyof typeof makers;
export const kinds = Object.keys(makers).filter((name): name is Kind => name in makers);

interface Change {
  readonly at: number;
  readonly mask: number;
}

function changed(name: string, ground: Ground, report: Report, { at, mask }: Change): Shot {
  const bytes = encodeReport(report);
  const place = at % bytes.length;
  bytes[place] ^= mask;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const block = view.getUint32(58, true);
  const fate = fateOfByte(place, block, ground);
  return { name: `${name} at ${place}`, bytes, id: bytes.subarray(8, 24), block, fate };
}
