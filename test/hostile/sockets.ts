/**
 * What no library sends: half a request, two in one, lengths that lie, heads without end, garbage, bytes one by one,
 * a connection that is cut. Beside each the server must answer a probe on another connection.
 */
import { answerOf, requireDecent } from "./answers.ts";
import { Fault, type Grammar, shownBytes } from "./campaign.ts";
import type { Chance } from "./chance.ts";
import { anyGrammar } from "./messages.ts";
import { exchange } from "./wire.ts";

interface Conversation {
  readonly port: number;
  readonly pieces: readonly Uint8Array[];
}

type Shape = (chance: Chance) => string | Uint8Array;

const head = "POST /v1/reports HTTP/1.1\r\nhost: a\r\n";
const within = "GET /v1/admin/status HTTP/1.1\r\nhost: a\r\n\r\n";
const probe = Buffer.from("GET /health/live HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");

const shapes: Readonly<Record<string, Shape>> = {
  "half a head": (chance) => head.slice(0, chance.below(head.length)),
  "half a body": (chance) => `${head}content-length: ${1 + chance.size(1e6)}\r\n\r\nabc`,
  "two lengths": () => `${head}content-length: 3\r\ncontent-length: 30\r\n\r\nabc${within}`,
  "length and chunks": (chance) =>
    `${head}content-length: ${chance.below(60)}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${within}`,
  "chunks by another name": (chance) =>
    `${head}transfer-encoding: ${chance.pick(["xchunked", "chunked, identity", "identity", " chunked", "\x0bchunked", "CHUNKED"])}\r\n\r\n0\r\n\r\n${within}`,
  "chunks that lie": (chance) =>
    `${head}transfer-encoding: chunked\r\n\r\n${chance.pick(["ffffffffffffffff", "-1", "5;a=b", "g", "0x5", "3 "])}\r\nabc\r\n0\r\n\r\n`,
  "a length that is none": (chance) =>
    `${head}content-length: ${chance.pick(["-1", "1e3", "+5", "0x10", "9".repeat(40), " 3", "3,3", ""])}\r\n\r\nabc`,
  "bare line ends": (chance) => `GET /health/live HTTP/1.1${chance.pick(["\n", "\r"])}host: a\n\n`,
  "a folded header": () => "GET /health/live HTTP/1.1\r\nhost: a\r\nx: a\r\n b\r\n\r\n",
  "a header with a space": () => "GET /health/live HTTP/1.1\r\nhost : a\r\n\r\n",
  "no host": () => "GET /v1/tasks HTTP/1.1\r\n\r\n",
  "hosts that are none": (chance) =>
    `GET /v1/tasks HTTP/1.1\r\nhost: ${chance.pick(["", "a b", "[::1", "a:99999999", "@", "a/b", "é", "a\\b", "%", "a#b", "a?b", ":", "[", "a:b"])}\r\n\r\n`,
  "two hosts": () => "GET /v1/tasks HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
  "a flood of headers": (chance) =>
    `GET / HTTP/1.1\r\nhost: a\r\n${Array.from({ length: chance.size(3000) }, (_, k) => `x-${k}: ${k}\r\n`).join("")}\r\n`,
  "one long header": (chance) => `GET / HTTP/1.1\r\nhost: a\r\nx: ${"y".repeat(chance.size(60_000))}\r\n\r\n`,
  "a long path": (chance) => `GET /${"y".repeat(chance.size(60_000))} HTTP/1.1\r\nhost: a\r\n\r\n`,
  "a path of bytes": (chance) =>
    Buffer.concat([
      Buffer.from("GET /"),
      chance.bytes(chance.size(60)),
      Buffer.from(" HTTP/1.1\r\nhost: a\r\n\r\n"),
    ]),
  "targets that are none": (chance) =>
    `${chance.pick(["GET", "OPTIONS", "POST", "HEAD"])} ${chance.pick(["*", "//", "//a", "http://", "http://[", "http://a:b/", "a", "?", "#", "http:///", "javascript:1", "///..", "/\\/", "\\"])} HTTP/1.1\r\nhost: a\r\n\r\n`,
  "other methods": (chance) =>
    `${chance.pick(["CONNECT a:443", "TRACE /", "PRI *", "M-SEARCH *", "get /", "LINK /", "QUERY /", "CONNECT /", "TRACK /"])} HTTP/1.1\r\nhost: a\r\n\r\n`,
  "other versions": (chance) =>
    `GET / ${chance.pick(["HTTP/0.9", "HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "HTCPCP/1.0", ""])}\r\nhost: a\r\n\r\n`,
  "an upgrade": (chance) =>
    `GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: ${chance.pick(["websocket", "h2c", "x"])}\r\n\r\n`,
  "a body that is waited for": (chance) =>
    `${head}expect: ${chance.pick(["100-continue", "200-ok", "é"])}\r\ncontent-length: 3\r\n\r\n${chance.pick(["", "abc"])}`,
  "many in one": (chance) => within.repeat(1 + chance.size(200)),
  "a body where none belongs": () => "GET /v1/tasks HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nabcde",
  "a hello of TLS": (chance) =>
    Buffer.concat([Buffer.from("1603010200010001fc0303", "hex"), chance.bytes(200)]),
  garbage: (chance) => chance.bytes(1 + chance.size(3000)),
  nothing: () => "",
};

/** A grammar for each shape. Whoever is silent is not waited for: the probe is what counts. */
export function hostileConversations(ports: readonly number[]): readonly Grammar<unknown>[] {
  return Object.entries(shapes).map(([name, shape]) =>
    anyGrammar<Conversation>({
      name: `socket: ${name}`,
      make: (chance) => {
        const said = shape(chance);
        const bytes = typeof said === "string" ? Buffer.from(said, "latin1") : said;
        return { port: chance.pick(ports), pieces: chance.happens(0.3) ? piecesOf(chance, bytes) : [bytes] };
      },
      run: async ({ port, pieces }) => {
        const [reply, live] = await Promise.all([
          exchange(port, pieces, 150),
          exchange(port, [probe], 20_000),
        ]);
        if (typeof live !== "object" || live.status !== 200) {
          throw new Fault(
            `expected the probe to be answered, got ${typeof live === "object" ? live.status : live}`,
          );
        }
        if (typeof reply !== "object") return `socket ${reply}`;
        if (reply.body.length > 0) requireDecent(answerOf(reply));
        if (reply.status >= 500 && reply.status !== 505)
          throw new Fault(`expected no fault, got ${reply.status}`);
        return `socket ${reply.status}`;
      },
      show: ({ pieces }) => shownBytes(Buffer.concat(pieces)),
    }),
  );
}

/** As they come over a bad line. */
function piecesOf(chance: Chance, bytes: Uint8Array): readonly Uint8Array[] {
  const size = 1 + Math.floor(bytes.length / (1 + chance.below(12)));
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, k) =>
    bytes.subarray(k * size, (k + 1) * size),
  );
}
