/** Whose address it is: one reader, whatever proxies write. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAddress, parseForwarded } from "../../server/base/address.ts";
import { clientAt, forwardedClient, isExempt } from "../../server/http/address.ts";
import { networksOf } from "../../server/tokens/gate.ts";

const everybody = ["loopback", "192.0.2.1", "2001:db8::5"];
const ipv4 = fc.ipV4();
const ipv6 = fc.ipV6();
const port = fc.integer({ min: 0, max: 65_535 });

test("a port and brackets change nothing about whose address it is", () => {
  fc.assert(
    fc.property(ipv4, port, (address, at) => {
      expect(parseForwarded(`${address}:${at}`)).toEqual(parseAddress(address));
      expect(parseForwarded(address)).toEqual(parseAddress(address));
    }),
  );
  fc.assert(
    fc.property(ipv6, port, (address, at) => {
      for (const written of [address, `[${address}]`, `[${address}]:${at}`]) {
        expect(parseForwarded(written)).toEqual(parseAddress(address));
      }
    }),
  );
});

test("every spelling of an address is the same client, also IPv4 within IPv6", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 4, maxLength: 4 }), (bytes) => {
      const dotted = bytes.join(".");
      const [a, b, c, d] = bytes;
      const hex = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
      for (const written of [
        `::ffff:${dotted}`,
        `::FFFF:${hex}`,
        `0:0:0:0:0:ffff:${hex}`,
        `::ffff:${dotted}%1`,
      ]) {
        expect(clientAt(written)).toEqual({ counted: dotted, exact: dotted });
        expect(networksOf(written)).toEqual([{ network: dotted, times: 1 }]);
      }
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 }), (groups) => {
      const long = groups.map((group) => group.toString(16).padStart(4, "0").toUpperCase()).join(":");
      const short = groups.map((group) => group.toString(16)).join(":");
      expect(clientAt(long)).toEqual(clientAt(short));
    }),
  );
});

test("what cannot be read is nobody's address: exempt from nothing, and counted by itself", () => {
  const rubbish = fc
    .oneof(
      fc.string({ maxLength: 80 }),
      fc.constantFrom(
        "unknown",
        "_hidden",
        "127.0.0.1.",
        "localhost",
        "0x7f.1",
        "127.1",
        "[::1",
        "::1]",
        "[]",
        "",
      ),
      fc.tuple(ipv4, fc.string({ minLength: 1, maxLength: 5 })).map(([address, more]) => `${address}${more}`),
      fc
        .tuple(ipv6, fc.string({ minLength: 1, maxLength: 5 }))
        .map(([address, more]) => `[${address}${more}`),
    )
    .filter((text) => !text.includes(",") && parseForwarded(text.trim()) === null);
  fc.assert(
    fc.property(rubbish, ipv4, (text, address) => {
      const client = forwardedClient(text, 1);
      expect(isExempt(client, everybody)).toBe(false);
      // No address is counted with it, and it is counted with none.
      expect(client.exact).toBeNull();
      expect(parseAddress(client.counted)).toBeNull();
      expect(client.counted).not.toBe(clientAt(address)?.counted);
      expect(networksOf(client.counted)).toEqual([{ network: client.counted, times: 1 }]);
    }),
    { numRuns: 1000 },
  );
});

test("what a client wrote before the proxies' own entries changes nothing", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 30 }), { maxLength: 5 }), ipv4, ipv6, (before, one, two) => {
      const header = (...entries: readonly string[]) => [...before, ...entries].join(", ");
      expect(forwardedClient(header(one), 1)).toEqual(clientAt(one));
      expect(forwardedClient(header(`[${two}]:443`, one), 2)).toEqual(clientAt(two));
    }),
  );
});

test("an exempt address is that address, not its neighbours", () => {
  const exempt = (written: string) => {
    const client = clientAt(written);
    return client !== null && isExempt(client, everybody);
  };
  for (const written of [
    "127.0.0.1",
    "127.9.9.9",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "2001:DB8:0::5",
  ]) {
    expect(exempt(written), written).toBe(true);
  }
  for (const written of ["192.0.2.2", "2001:db8::6", "2001:db8::", "128.0.0.1", "::2", "fe80::1%lo"]) {
    expect(exempt(written), written).toBe(false);
  }
});
