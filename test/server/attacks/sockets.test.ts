/**
 * Reports on real connections that stall, break off, lie about their length or come twice: none is counted
 * that was not whole.
 */
import { expect, test } from "vitest";
import { fromHex } from "../../../core/bytes.ts";
import { ohttpMedia } from "../../../core/wire/ohttp.ts";
import type { Log } from "../../../server/base/log.ts";
import { encapsulate, gatewayKeyOf } from "../../../worker/door/ohttp.ts";
import { drip, say, served } from "../sockets.ts";
import { type Ground, honestShot, openGround, refused, requireExact, type Shot } from "./ground.ts";

const limits = { headerSeconds: 0.5, requestSeconds: 1, idleSeconds: 1 };

/** What stands before a body of the given length. */
function head(path: string, length: number | "chunked", type = "application/octet-stream"): Buffer {
  const framing = length === "chunked" ? "transfer-encoding: chunked" : `content-length: ${length}`;
  return Buffer.from(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\n${framing}\r\n\r\n`);
}

async function postOk(url: string, { bytes }: Shot): Promise<string> {
  const startedMs = performance.now();
  const response = await fetch(`${url}/v1/reports`, { method: "POST", body: Uint8Array.from(bytes) });
  expect(response.status).toBe(200);
  expect(performance.now() - startedMs).toBeLessThan(2000);
  const { sums } = await response.json();
  return sums[0].state;
}

async function honest(ground: Ground, url: string, reports: number): Promise<void> {
  for (let k = 0; k < reports; k++) {
    const shot = await honestShot(ground, k % 3);
    expect(await postOk(url, shot)).toBe("accepted");
    ground.book.enter(shot);
  }
}

/** The same report, as it goes to the gateway. */
async function sealedBody({ tasks }: Ground, { bytes }: Shot): Promise<Uint8Array> {
  const config = gatewayKeyOf(fromHex(tasks.lists.leader.gateway ?? ""));
  const url = "https://leader.example/v1/reports";
  return (await encapsulate({ config, request: { method: "POST", url, body: bytes } })).body;
}

test("reports that drip in, or break off before their last byte, are not counted; honest ones are, meanwhile", async () => {
  const failures: string[] = [];
  const log: Log = (event, fields, level) => {
    if (level === "error") failures.push(`${event} ${JSON.stringify(fields)}`);
  };
  const ground = await openGround({ limits }, { log });
  const url = await served(ground.server.app, ground.server.parts.config);
  const shots = await Promise.all(Array.from({ length: 24 }, (_, k) => honestShot(ground, k % 3)));
  const slow = await Promise.all(
    shots.map(async (shot, k) => {
      const sealed = k % 2 === 1;
      const body = sealed ? await sealedBody(ground, shot) : shot.bytes;
      const before = sealed
        ? head("/v1/gateway", body.length, ohttpMedia.request)
        : head("/v1/reports", body.length);
      // A third drips from the beginning, a third stops one byte before the end, a third breaks off there.
      const sent = k % 3 === 0 ? 60 : body.length - 1;
      const conversation = say(url, Buffer.concat([before, body.subarray(0, sent)]));
      if (k % 3 === 0) drip(conversation, 50);
      if (k % 3 === 2) setTimeout(() => conversation.socket.resetAndDestroy(), 200);
      return conversation;
    }),
  );
  await honest(ground, url, 15);
  for (const [k, { ended, received }] of slow.entries()) {
    expect(await ended).toBeLessThan(5000);
    if (k % 3 !== 2) expect(received()).toMatch(/^HTTP\/1\.1 408 /);
    expect(received()).not.toContain("accepted");
  }
  // What broke off was not kept: the same reports, sent whole, are new.
  for (const shot of shots.slice(0, 6)) {
    expect(await postOk(url, shot)).toBe("accepted");
    ground.book.enter(shot);
  }
  await requireExact(ground);
  expect(failures).toEqual([]);
});

test("a client that leaves before its answer is counted once, however often it comes again", async () => {
  const ground = await openGround({ limits });
  const url = await served(ground.server.app, ground.server.parts.config);
  await honest(ground, url, 12);
  const shots = await Promise.all(Array.from({ length: 40 }, (_, k) => honestShot(ground, k % 3)));
  await Promise.all(
    shots.map(async ({ bytes }, k) => {
      const whole = Buffer.concat([head("/v1/reports", bytes.length), bytes]);
      for (let again = 0; again < 3; again++) {
        const { socket, ended } = say(url, whole);
        setTimeout(() => socket.destroy(), (k + again) % 7);
        await ended;
      }
    }),
  );
  for (const shot of shots) {
    expect(["accepted", "duplicate"]).toContain(await postOk(url, shot));
    expect(await postOk(url, shot)).toBe("duplicate");
    ground.book.enter(shot);
  }
  await requireExact(ground);
});

test("lengths that lie, broken chunks and reports in one breath are answered as what arrives", async () => {
  const ground = await openGround({ limits });
  const url = await served(ground.server.app, ground.server.parts.config);
  await honest(ground, url, 18);
  const { book } = ground;

  const said = async (bytes: Uint8Array) => {
    const { received, ended } = say(url, bytes);
    await ended;
    return received();
  };
  const statusesIn = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);

  const cut = await honestShot(ground, 0);
  const shorter = await said(Buffer.concat([head("/v1/reports", cut.bytes.length - 50), cut.bytes]));
  expect(new Set(statusesIn(shorter))).toEqual(new Set(["400"]));

  // More than any report has is refused by what is announced; nobody waits for it.
  const longer = await said(Buffer.concat([head("/v1/reports", cut.bytes.length + 50), cut.bytes]));
  expect(statusesIn(longer)).toEqual(["413"]);
  expect(longer).toContain('"why":"wrong-length"');
  book.enter({ ...cut, fate: refused("wrong-length", 413) });

  // Eight bytes at a time, as HTTP has it; then the same with a chunk whose length is no number.
  const pieces = await honestShot(ground, 1);
  const chunks = Array.from({ length: Math.ceil(pieces.bytes.length / 8) }, (_, k) => {
    const piece = pieces.bytes.subarray(8 * k, 8 * k + 8);
    return Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n")]);
  });
  const start = head("/v1/reports", "chunked");
  const broken = await said(Buffer.concat([start, ...chunks.slice(0, 5), Buffer.from("zz\r\n")]));
  expect(new Set(statusesIn(broken))).toEqual(new Set(["400"]));
  const whole = await said(Buffer.concat([start, ...chunks, Buffer.from("0\r\n\r\n")]));
  expect(whole).toContain('"state":"accepted"');
  book.enter(pieces);

  const twice = await honestShot(ground, 2);
  const once = Buffer.concat([head("/v1/reports", twice.bytes.length), twice.bytes]);
  const both = await said(Buffer.concat([once, once]));
  expect(statusesIn(both)).toEqual(["200", "200"]);
  expect(both.match(/"state":"(?!answered)\w+"/g)).toEqual(['"state":"accepted"', '"state":"duplicate"']);
  book.enter(twice);

  await honest(ground, url, 3);
  // Behind the first one's length stood no request: whether that closed the connection before it was read is
  // a race.
  const { malformed = 0 } = ground.server.parts.intake.refused;
  expect(malformed).toBeLessThanOrEqual(1);
  if (malformed === 1) book.enter({ ...cut, fate: refused("malformed") });
  await requireExact(ground);
});
