/**
 * The tasks answer and what is signed in it. The frozen documents are of the first release of protocol 3:
 * whoever reads protocol 3 reads them, and a later server may add keys that an earlier browser leaves out.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { toHex } from "../../../core/bytes.ts";
import { canonicalJson } from "../../../core/json.ts";
import { parsePlan } from "../../../core/sum/plan.ts";
import { taskKinds } from "../../../core/tasks/registry.ts";
import { parseTask, settingsOf, taskIdOf } from "../../../core/tasks/task.ts";
import { parseReport, parseReportAnswer } from "../../../core/wire/report.ts";
import { bytesToSign, openSigned } from "../../../core/wire/signed.ts";
import { parseTasksAnswer } from "../../../core/wire/tasksanswer.ts";
import { sha256, sha256Hex } from "../../../worker/digest.ts";
import { platformVerify } from "../../../worker/trust/ed25519.ts";

const frozen = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), "utf8"));
const { answer, taskIds, report, reportAnswer } = frozen("protocol3");
const before = frozen("protocol2");

test("a frozen answer of protocol 3 is read: signatures, plan, tasks, their ids and their kinds' settings", async () => {
  const { plan, tasks, identities } = parseTasksAnswer(answer);
  const by = { key: identities.leader, verify: platformVerify };
  expect(parsePlan(await openSigned("plan", plan, by)).kinds).toEqual([
    { kind: "item-factors", rho: 0.08, reportsPer30Days: 3 },
    { kind: "activity", rho: 0.02, reportsPer30Days: 4 },
  ]);
  const parsed = await Promise.all(tasks.map(async (task) => parseTask(await openSigned("task", task, by))));
  expect(parsed.map(({ kind }) => kind)).toEqual(["item-factors", "activity"]);
  expect(settingsOf(parsed[0], taskKinds["item-factors"])).toMatchObject({ items: 3659, dim: 64 });
  expect(settingsOf(parsed[1], taskKinds.activity)).toMatchObject({ positions: 20, mostEvents: 20 });
  const ids = await Promise.all(tasks.map(({ document }) => sha256Hex(bytesToSign("task", document))));
  expect(ids).toEqual(taskIds);
  expect(await taskIdOf(parsed[0], sha256)).toBe(taskIds[0]);
});

test("a frozen report and its answer are read", () => {
  const { id, leaderKey, helperKey, sums, token } = parseReport(
    Uint8Array.from(Buffer.from(report, "base64")),
  );
  expect([toHex(id), leaderKey, helperKey]).toEqual(["07".repeat(16), 4, 9]);
  expect(sums.map(({ task, block }) => [task, block])).toEqual([
    [taskIds[0], 2],
    [taskIds[1], 0],
  ]);
  expect([sums[1].leaderShare.length, sums[1].helperSeed.length, token.length]).toEqual([60, 80, 354]);
  expect(parseReportAnswer(reportAnswer)).toEqual({
    state: "answered",
    sums: [
      { task: taskIds[0], state: "accepted" },
      { task: taskIds[1], state: "refused", why: "batch-full", detail: "full" },
    ],
  });
});

test("keys that a later server adds are left out: in the answer, the plan, a task and its settings", () => {
  const later = parseTasksAnswer({ ...answer, colours: [{ index: 1 }], motd: "hello" });
  expect(later).toEqual(parseTasksAnswer(answer));
  const [task, plan] = [answer.tasks[0], answer.plan].map(({ document }) => JSON.parse(document));
  expect(parseTask({ ...task, colour: "red" })).toEqual(parseTask(task));
  expect(parsePlan({ ...plan, colour: "red" })).toEqual(parsePlan(plan));
  const settings = { ...task.settings, colour: "red" };
  expect(settingsOf(parseTask({ ...task, settings }), taskKinds["item-factors"])).toEqual(
    settingsOf(parseTask(task), taskKinds["item-factors"]),
  );
});

test("what a task is signed with is its text, added keys and all: its id is not that of what is left", async () => {
  const task = JSON.parse(answer.tasks[0].document);
  const added = canonicalJson({ ...task, colour: "red" });
  const id = await sha256Hex(bytesToSign("task", added));
  expect(id).not.toBe(await taskIdOf(parseTask(JSON.parse(added)), sha256));
});

test("frozen documents of protocol 2 are refused, each by what is wrong with it", () => {
  expect(() => parseTasksAnswer(before.answer)).toThrow("parseTasksAnswer: version must be 3, got 2");
  expect(() => parseTask(before.task)).toThrow("parseTask: version must be given, got undefined");
  expect(() => parseReportAnswer(before.reportAnswer)).toThrow("parseReportAnswer:");
  expect(() => parseReport(Uint8Array.from(Buffer.from(before.report, "base64")))).toThrow(
    "parseReport: expected version 3, got 2",
  );
});

test("an answer with anything unsigned, or more tasks than may be, is refused by name", () => {
  expect(() => parseTasksAnswer({ ...answer, tasks: [{ version: 3 }] })).toThrow(
    /^parseTasksAnswer: tasks\.0\./,
  );
  const leader = { ...answer.leader, signature: "0f" };
  expect(() => parseTasksAnswer({ ...answer, leader })).toThrow(/parseTasksAnswer: leader\.signature/);
  const { plan: _, ...without } = answer;
  expect(() => parseTasksAnswer(without)).toThrow("parseTasksAnswer: plan must be given, got undefined");
  expect(() => parseTasksAnswer({ ...answer, tasks: Array(17).fill(answer.tasks[0]) })).toThrow("tasks");
});
