/**
 * Grammars of what an operator hands over: catalogues, logs and lists of people in every form that is read,
 * feeds of other systems, encodings and gzip, flags, settings, and the files that a server keeps its keys in.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parseConfig } from "../../server/base/config.ts";
import { writeState } from "../../server/base/statefile.ts";
import { parseFlags } from "../../server/cli/flags.ts";
import { openAdminKey } from "../../server/http/adminkey.ts";
import { type AskedReading, readingAsked } from "../../server/publishing/asked.ts";
import { feedNamed, feedNames } from "../../server/publishing/feeds/known.ts";
import { parseMapping } from "../../server/publishing/feeds/mapping.ts";
import { feedRows } from "../../server/publishing/feeds/reading.ts";
import { catalogueColumns } from "../../server/publishing/import/itemvalues.ts";
import { readCatalogue } from "../../server/publishing/import/readcatalogue.ts";
import { type Input, inputOfBytes } from "../../server/publishing/input/input.ts";
import { rowsOf } from "../../server/publishing/input/rows.ts";
import { textOf } from "../../server/publishing/input/text.ts";
import { actsOf, nothingLeftOut, peopleIn } from "../../server/publishing/train/acts.ts";
import { actColumnsOf } from "../../server/publishing/train/columns.ts";
import { readHoldout } from "../../server/publishing/train/holdout.ts";
import { learnFrom } from "../../server/publishing/train/learning.ts";
import { readLog } from "../../server/publishing/train/log.ts";
import { GatewayKeys } from "../../server/relay/gatewaykeys.ts";
import { Identity } from "../../server/tasks/keys/identity.ts";
import { KeyRing } from "../../server/tasks/keys/keyring.ts";
import { IssuerKeys } from "../../server/tokens/keys.ts";
import { hostileBytes } from "./bytes.ts";
import { Fault, type Grammar, shownBytes } from "./campaign.ts";
import type { Chance } from "./chance.ts";
import { anyGrammar, ofTexts, ofValues } from "./messages.ts";
import { isOperators, readOrRefused } from "./refusals.ts";
import { hostileJsonText, hostileText, hostileValue } from "./values.ts";

type AnyGrammar = Grammar<unknown>;

const catalogueJson = [
  { id: "a", title: "Red Mug", price: 4.5, categories: ["Kitchen", "Mugs"], url: "/a", available: true },
  {
    id: "b",
    title: "Blue Lamp",
    price: "12,99 €",
    categories: "Lamps > Blue",
    image: "https://x.example/b.jpg",
  },
];
export const catalogues: readonly string[] = [
  'id,title,price,categories,url,image\na,Red Mug,4.50,Kitchen|Mugs,/a,/a.jpg\nb,"Blue, ""big"" Lamp",12.99,Lamps,/b,\n',
  "sep=;\nid;title;price\r\na;Red Mug;4,50\r\nb;Blue Lamp;12,99\r\n",
  'id\ttitle\na\tRed "Mug\nb\tBlue Lamp\n',
  "id|title\ra|Red Mug\rb|Blue Lamp\r",
  JSON.stringify(catalogueJson),
  catalogueJson.map((item) => JSON.stringify(item)).join("\n"),
  JSON.stringify({ shop: "x", total: 2, products: catalogueJson }, null, 1),
  `<?xml version="1.0" encoding="UTF-8"?>\n<rss xmlns:g="http://base.google.com/ns/1.0"><channel>
<item><g:id>a</g:id><title><![CDATA[Red & Mug]]></title><g:price>4.50 USD</g:price><g:availability>in_stock</g:availability></item>
<item><g:id>b</g:id><title>Blue &amp; Lamp &#x41;</title><!-- c --><g:price>9 EUR</g:price></item></channel></rss>`,
];
export const feedTexts: readonly string[] = [
  'Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Image Src,Status\ntee,Cotton Tee,<p>Soft <b>x</b></p>,Acme,Tees,"summer, basic",true,Size,S,0,deny,19.90,https://c.example/a.jpg,active\ntee,,,,,,,,M,3,deny,17.90,,\n',
  'ID,Type,SKU,Name,Published,In stock?,Regular price,Sale price,Categories,Images,Parent\n1,variable,tee,Tee,1,1,,,"Apparel > Shirts, Sale","https://x.example/1.jpg, https://x.example/2.jpg",\n2,variation,tee-s,Tee - S,1,1,19.9,17.9,,,tee\n',
  '{"event_name":"purchase","event_timestamp":1700000000000000,"user_pseudo_id":"u1","ecommerce":{"transaction_id":"t"},"items":[{"item_id":"a","quantity":2,"price":3.5}]}\n{"event_name":"view_item","event_timestamp":"1700000001000000","user_id":"u2","items":[{"item_id":"b"}]}',
  '{"type":"track","event":"Order Completed","userId":"u1","timestamp":"2024-01-02T03:04:05Z","properties":{"products":[{"product_id":"a","quantity":1}]}}\n{"event":"Product Viewed","anonymousId":"z","timestamp":"2024-01-02","properties":{"sku":"b"}}',
  "userId,movieId,rating,timestamp\n1,2,4.5,1260759144\n1,3,2.0,1260759179\n",
  "1\t2\t3\t881250949\n2\t2\t5\t881250950\n",
  "1::Toy Story (1995)::Animation|Children's\n2::Jumanji (1995)::Adventure\n",
];
const logs: readonly string[] = [
  "person,item,quantity,at\nu1,a,1,2024-01-02T03:04:05Z\nu1,b,2,1700000000\nu2,a,-1,2024-01-03\nu3,c,1,2024-02-30 10:00\n",
  "user,item,kind,weight,role\nu1,a,view,2,foldin\nu1,b,purchase,1,target\nu2,a,like,0.5,\nu2,b,cart_add,1,\nu2,c,view,1,\n",
  '[{"customer":"u1","item":"a","quantity":3},{"customer":7,"item":"b","at":"2020-01-01T00:00:00+02:00"}]',
  '{"person":"u1","item":"a"}\n{"person":"u2","item":"b","kind":"dislike"}\n',
  ...feedTexts.slice(2),
];
const rowOf = new Map(["a", "b", "c", "2", "3"].map((item, row) => [item, row]));

interface File {
  readonly bytes: Uint8Array;
  readonly charset: string | undefined;
  readonly asked: AskedReading;
}

const charsets = [
  undefined,
  undefined,
  undefined,
  "utf-8",
  "latin1",
  "windows-1252",
  "utf-16le",
  "shift_jis",
  "gbk",
  "utf-7",
  "x",
  "\0",
  "replacement",
  "iso-2022-jp",
];

/** A text with a mutation in it, in some encoding, packed or not, changed again as bytes. */
export function hostileFile(chance: Chance, texts: readonly string[], what: AskedReading["what"]): File {
  const text = hostileFileText(chance, texts);
  const plain = encoded(chance, text);
  const packed = chance.happens(0.12) ? gzipSync(plain) : plain;
  const bytes = chance.happens(0.4) ? hostileBytes(chance, [packed]) : packed;
  const said = (probability: number, values: readonly string[]) =>
    chance.happens(probability)
      ? chance.happens(0.95)
        ? chance.pick(values)
        : hostileText(chance)
      : undefined;
  return {
    bytes,
    charset: chance.pick(charsets),
    asked: {
      what,
      format: said(0.5, [...feedNames(what), "Shopify", "nothing"]),
      map: said(0.1, [
        'title=Title,price="Variant Price"',
        "id=item",
        "title=id",
        "person=user",
        "item=a,item=b",
        "=",
        "x=y",
        '"',
      ]),
      decimal: said(0.1, [".", ","]),
      skipFaults: said(0.2, ["2%", "100", "100%", "-1", "0.5"]),
      variants: said(0.2, ["titles", "said", "", "colour"]),
    },
  };
}

function hostileFileText(chance: Chance, texts: readonly string[]): string {
  const text = chance.pick(texts);
  const lines = text.split(/(?<=\n)/);
  const at = chance.below(lines.length);
  const line = lines[at];
  const value = jsonIn(text) ?? jsonIn(line);
  if (value !== undefined && chance.happens(0.7)) {
    const changed = hostileJsonText(chance, value);
    return jsonIn(text) === undefined
      ? [...lines.slice(0, at), changed, "\n", ...lines.slice(at + 1)].join("")
      : changed;
  }
  const ways: readonly (() => string)[] = [
    () => lines.toSpliced(at, 1).join(""),
    () => lines.toSpliced(at, 0, line.repeat(chance.size(500))).join(""),
    () => {
      const fields = line.split(chance.pick([",", ";", "\t", "|", "::"]));
      fields[chance.below(fields.length)] = oddField(chance);
      return lines.with(at, fields.join(",")).join("");
    },
    () =>
      text.replaceAll(
        chance.pick([",", '"', "\n", ";", "<", ">", "&", "id", "title"]),
        chance.pick(["", '"', "\r", "\u2028", "<![CDATA[", "&#x110000;", "]]>", "__proto__", "id", "\t"]),
      ),
    () => text.slice(0, chance.below(text.length)) + oddField(chance) + text.slice(chance.below(text.length)),
    () => (chance.happens(0.5) ? "" : oddField(chance)),
  ];
  return chance.pick(ways)();
}

function jsonIn(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : undefined;
  } catch {
    return undefined;
  }
}

function oddField(chance: Chance): string {
  const numbers = [
    "1e400",
    "-0",
    "NaN",
    "9".repeat(400),
    "1.2.3,4",
    "٣",
    "0x10",
    "1e-400",
    "-9007199254740993",
    "€",
    "1_000",
  ];
  const times = [
    "2024-02-30",
    "+275760-09-13T00:00:00.001Z",
    "-271821-04-20",
    "99999999999999999999",
    "0000-00-00",
    "2024-01-01T24:00:60+99:99",
  ];
  const marks = [
    '"',
    '"""',
    '<!DOCTYPE a [<!ENTITY b "c">]>&b;',
    "&#1114112;",
    "&#xD800;",
    "<a".repeat(9),
    "[[[",
    '{"',
    "\\u",
    "<!--",
    "__proto__",
    "constructor",
  ];
  const long = () =>
    chance.pick(["a", "é", "<b>", "&amp;", " > ", "|", "\ud800", "\u0301", "字"]).repeat(chance.size(40_000));
  return chance.pick([
    () => chance.pick(numbers),
    () => chance.pick(times),
    () => chance.pick(marks),
    () => hostileText(chance),
    long,
  ])();
}

function encoded(chance: Chance, text: string): Uint8Array {
  const drawn = chance.below(12);
  if (drawn === 0) return Buffer.from(`\ufeff${text}`, "utf16le");
  if (drawn === 1) return Buffer.from(`\ufeff${text}`, "utf16le").swap16();
  if (drawn === 2) return Buffer.from(text, "latin1");
  if (drawn === 3) return Buffer.from(`\ufeff${text}`, "utf8");
  return Buffer.from(text, "utf8");
}

function shownFile({ bytes, charset, asked }: File): string {
  return `${JSON.stringify({ charset, ...asked })} ${shownBytes(bytes)}`;
}

/** A reader of files, in as many pieces as chance will. */
function ofFiles(
  name: string,
  [texts, what]: readonly [readonly string[], AskedReading["what"]],
  read: (input: Input, asked: AskedReading) => unknown,
): AnyGrammar {
  return anyGrammar<File>({
    name,
    make: (chance) => hostileFile(chance, texts, what),
    run: ({ bytes, charset, asked }) =>
      readOrRefused(() => read(inPieces(bytes, charset), asked), isOperators),
    show: shownFile,
  });
}

/** A stream as a disk or a socket gives it. */
function inPieces(bytes: Uint8Array, charset: string | undefined): Input {
  const size = 1 + (bytes.length % 61) * 50;
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  };
  return { ...inputOfBytes("file", bytes, charset), bytes: pieces() };
}

async function through<T>(rows: AsyncIterable<T>): Promise<void> {
  for await (const _row of rows);
}

const catalogueFiles = [[...catalogues, ...feedTexts], "catalogue"] as const;
const logFiles = [logs, "log"] as const;

export function readerGrammars(): readonly AnyGrammar[] {
  return [
    ofFiles(
      "server/publishing/import/readcatalogue.ts#readCatalogue",
      catalogueFiles,
      async (input, asked) => {
        const result = await readCatalogue(input, readingAsked(asked));
        const faults = result.faults.filter((fault) => fault.length > longestFault);
        if (faults.length > 0) throw new Fault(`expected short faults, got ${faults[0].length} characters`);
        if (result.ok && result.items.some(({ item }) => item === ""))
          throw new Fault("an item without an id");
      },
    ),
    ofFiles("server/publishing/feeds/reading.ts#feedRows", catalogueFiles, async (input, asked) => {
      const fed = await feedRows(input, readingAsked(asked), {
        what: "catalogue",
        columns: catalogueColumns,
      });
      if (fed !== null) await through(fed.rows);
    }),
    ofFiles("server/publishing/input/rows.ts#rowsOf", catalogueFiles, async (input) =>
      through((await rowsOf(input)).rows),
    ),
    ofFiles("server/publishing/input/text.ts#textOf", catalogueFiles, (input) => through(textOf(input))),
    ofFiles("server/publishing/train/acts.ts#actsOf", logFiles, (input, asked) =>
      through(actsOf(input, nothingLeftOut(), readingAsked(asked))),
    ),
    ofFiles("server/publishing/train/acts.ts#peopleIn", logFiles, (input, asked) =>
      peopleIn(input, readingAsked(asked)),
    ),
    ofFiles("server/publishing/train/holdout.ts#readHoldout", logFiles, (input) => readHoldout(input)),
    ofFiles("server/publishing/train/columns.ts#actColumnsOf", logFiles, (input, asked) =>
      actColumnsOf(input, { rowOf, ...readingAsked(asked) }),
    ),
    ofFiles("server/publishing/train/log.ts#readLog", logFiles, (input, asked) => {
      const { mostFaulty, ...reading } = readingAsked(asked);
      return readLog(input, { rowOf, without: new Set(["u3"]), nowMs: 1.7e12, reading, mostFaulty });
    }),
    ofFiles("server/publishing/train/learning.ts#learnFrom", logFiles, async (input, asked) => {
      const { mostFaulty, ...reading } = readingAsked(asked);
      const learned = await learnFrom(input, {
        ...{ items: [...rowOf.keys()], without: new Set<string>(), reading, mostFaulty, nowMs: 1.7e12 },
        ...{
          onFaults: () => {},
          say: () => {},
          tell: () => {},
          cleaning: "rules",
          isForced: true,
          dim: 3,
          lambda: 0.01,
          alpha0: 0.3,
        },
      });
      if (!learned.factors.every(Number.isFinite)) throw new Fault("factors that are no numbers");
    }),
    ofTexts(
      "server/publishing/feeds/mapping.ts#parseMapping",
      ['title=Title,price="Variant Price",id=a=b'],
      (text) => parseMapping(text, catalogueColumns),
      isOperators,
    ),
    ofTexts(
      "server/publishing/feeds/known.ts#feedNamed",
      ["shopify", "movielens"],
      (text) => feedNamed(text, "log"),
      isOperators,
    ),
    anyGrammar<readonly string[]>({
      name: "server/cli/flags.ts#parseFlags",
      make: (chance) =>
        Array.from({ length: chance.size(6) }, () =>
          chance.happens(0.4)
            ? hostileText(chance)
            : chance.pick([
                "--config",
                "--data=x",
                "--help",
                "-h",
                "--",
                "--to",
                "--to=",
                "-t",
                "--no-help",
                "--__proto__",
                "file",
              ]),
        ),
      run: (args) =>
        readOrRefused(
          () => parseFlags("import", args, { to: { type: "string", multiple: true } }),
          isOperators,
        ),
      show: (args) => JSON.stringify(args),
    }),
    ofValues("server/base/config.ts#parseConfig", [settings], (value) => parseConfig(value), isOperators),
    ...keyFileGrammars(),
  ];
}

/** A line of complaint is for people to read. */
const longestFault = 1_000;

const settings = {
  ...{
    role: "leader",
    port: 8787,
    publicUrl: "https://a.example",
    origins: ["https://b.example"],
    adminTokenHash: "ab".repeat(32),
  },
  ...{
    catalogue: { contentDim: 8 },
    training: { dim: 3, blockLimit: 10, lanes: 2 },
    round: { minBatch: 4, maxBatch: 60 },
  },
  ...{
    helper: { url: "https://c.example", key: "cd".repeat(32) },
    keys: { rotateDays: 30, overlapDays: 20 },
    activity: { on: true },
  },
  ...{
    limits: { exempt: ["loopback"], trustProxy: 1 },
    log: { format: "json" },
    tokens: { perDay: 3 },
    security: { connect: [] },
  },
};

const nowMs = 1_800_000_000_000;
const rotation = { rotateDays: 30, overlapDays: 20 };

/** Files of keys as a server made them, changed as bytes, or as state whose digest holds. */
function keyFileGrammars(): readonly AnyGrammar[] {
  const openers = {
    "identity file": (path: string) => Identity.open(path),
    "file of report keys": (path: string) => KeyRing.open({ path, aggregator: "leader", nowMs, rotation }),
    "file of gateway keys": (path: string) => GatewayKeys.open({ path, nowMs }),
    "file of issuer keys": (path: string) =>
      IssuerKeys.open({ path, rotateMs: 1e15, overlapMs: 1e15, nowMs: () => nowMs }),
    "file of the admin token's hash": async (path: string) =>
      openAdminKey({ adminTokenHash: undefined, data: join(path, "..") }),
  };
  return Object.entries(openers).map(([name, open]) => {
    const fileName = name.startsWith("file of the admin") ? "admin-token.sha256" : "keys.json";
    let made: Promise<Uint8Array> | null = null;
    const makeOnce = async (): Promise<Uint8Array> => {
      const directory = mkdtempSync(join(tmpdir(), "tacit-hostile-"));
      try {
        await open(join(directory, fileName));
        return readFileSync(join(directory, fileName));
      } finally {
        rmSync(directory, { recursive: true });
      }
    };
    return anyGrammar<KeyFile>({
      name,
      make: async (chance) => {
        made ??= makeOnce();
        const bytes = await made;
        const state = jsonIn(new TextDecoder().decode(bytes));
        if (state === undefined || chance.happens(0.4)) return { bytes: hostileBytes(chance, [bytes]) };
        const { sha256: _digest, ...rest }: { readonly sha256?: unknown } = Object(state);
        return { state: hostileValue(chance, rest) };
      },
      run: async (file) => {
        const directory = mkdtempSync(join(tmpdir(), "tacit-hostile-"));
        const path = join(directory, fileName);
        try {
          if (fileName !== "keys.json") writeFileSync(join(directory, "admin-token"), "x", { mode: 0o600 });
          if ("bytes" in file) writeFileSync(path, file.bytes, { mode: 0o600 });
          else if (!isWritten(path, file.state)) return "cannot be written";
          return await readOrRefused(() => open(path), isOperators);
        } finally {
          rmSync(directory, { recursive: true });
        }
      },
      show: (file) => ("bytes" in file ? shownBytes(file.bytes) : JSON.stringify(file.state)),
    });
  });
}

type KeyFile = { readonly bytes: Uint8Array } | { readonly state: unknown };

/** With the digest that belongs to it; what is no state, or nested too deep, cannot have one. */
function isWritten(path: string, state: unknown): boolean {
  try {
    writeState(path, Object(state));
    return true;
  } catch {
    return false;
  }
}
