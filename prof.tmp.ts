import "fake-indexeddb/auto";
import { nameOf, shopOf } from "./bench/speed/shops.ts";
import { TacitWorker } from "./worker/tacit.ts";
import { fileFromSource } from "./worker/fromsource.ts";
import { answerWith } from "./bench/speed/indevice.ts";
const size = { items: 3659, contentDim: 384, factorDim: 64, hasAll: true };
const shop = await shopOf(size);
const name = nameOf(size);
globalThis.fetch = (async (url: string) => {
  if (url === `/${name}.json`) return { json: async () => ({ document: shop.document, ids: shop.ids, parts: shop.parts.map(({ id }) => ({ id })) }) };
  const id = url.split("/").at(-1);
  const part = shop.parts.find((p) => p.id === id)!;
  return { arrayBuffer: async () => part.bytes.slice().buffer };
}) as never;
let handler: (e: { data: unknown }) => void = () => undefined;
let answered: (v: unknown) => void = () => undefined;
Object.assign(globalThis, {
  addEventListener: (_: string, f: typeof handler) => { handler = f; },
  postMessage: (v: unknown) => answered(v),
});
answerWith(TacitWorker as never, fileFromSource as never);
const ask = (data: unknown) => new Promise<any>((r) => { answered = r; handler({ data }); });
const m = { shop: name, database: "d", events: 1000, mostMs: 20000, turns: 0, hasWishes: true };
console.log(await ask({ seed: m }));
await ask(m);
import { Session } from "node:inspector/promises";
const session = new Session(); session.connect();
await session.post("HeapProfiler.startSampling", { samplingInterval: 16384, includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true } as never);
const { times } = await ask({ ...m, turns: 150 });
const s = times.shelfMs;
console.log("first", times.firstMs, "p50", s[Math.floor(s.length / 2)], "p95", s[Math.floor(s.length * 0.95)], s.length);
const { profile } = await session.post("HeapProfiler.stopSampling") as any;
const mm = new Map<string, number>();
(function w(n: any) { const k = n.callFrame.functionName + " " + n.callFrame.url.split("/").slice(-2).join("/") + ":" + n.callFrame.lineNumber; mm.set(k, (mm.get(k) ?? 0) + n.selfSize); n.children.forEach(w); })(profile.head);
for (const [k, v] of [...mm].sort((a, b) => b[1] - a[1]).slice(0, 30)) console.log((v / 150 / 1e3).toFixed(0).padStart(7), "kB per ask", k);
process.exit(0);
