import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { utf8 } from "../base/mod.ts";
import { proxyHeaderBytesMax } from "./limits.ts";
import { readProxyHeader } from "./proxy-header.ts";

const signature2 = "0d0a0d0a000d0a515549540a";

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.fromHex(hex.replaceAll(" ", ""));
}

/** Version 2: `command` holds version and command, `family` family and transport. */
function version2(command: string, family: string, block: string): Uint8Array {
  const length = (block.replaceAll(" ", "").length / 2).toString(16).padStart(4, "0");
  return bytesOf(`${signature2} ${command} ${family} ${length} ${block}`);
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** The client's address, `proxy` for the proxy's own, or what is wrong. */
function told(bytes: Uint8Array): string {
  const header = readProxyHeader(bytes);
  if (header.kind === "complete") return header.clientAddress ?? "proxy";
  return header.kind === "invalid" ? `invalid: ${header.reason}` : header.kind;
}

const ipv4Block = "c0000207 c6336401 dc04 075b";
const ipv6Block =
  "20010db8 00000000 00000000 00000007 20010db8 00000000 00000000 00000001 dc04 075b";

describe("version 1", () => {
  test.each([
    ["PROXY TCP4 192.0.2.7 198.51.100.1 56324 1883\r\n", "192.0.2.7"],
    ["PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255"],
    ["PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", "0.0.0.0"],
    ["PROXY TCP6 2001:DB8:0:0:0:0:0:7 ::1 56324 1883\r\n", "2001:db8::7"],
    ["PROXY TCP6 ::ffff:192.0.2.7 ::1 1 1\r\n", "::ffff:c000:207"],
    ["PROXY UNKNOWN\r\n", "proxy"],
    ["PROXY UNKNOWN ffff:f:f:f:f:f:f:ffff anything 65535 65535\r\n", "proxy"],
  ])("%p brings %s", (line, expected) => expect(told(utf8(line))).toBe(expected));

  test("is as long as its line; what follows is the client's", () => {
    const line = "PROXY TCP4 192.0.2.7 198.51.100.1 56324 1883\r\n";
    expect(readProxyHeader(utf8(`${line}\x10\x0c\r\nPROXY`))).toEqual({
      kind: "complete",
      length: line.length,
      clientAddress: "192.0.2.7",
    });
  });

  test.each([
    ["PROXY TCP4 192.0.2.07 198.51.100.1 1 1\r\n", "no address of TCP4"],
    ["PROXY TCP4 192.0.2.256 198.51.100.1 1 1\r\n", "no address of TCP4"],
    ["PROXY TCP4 2001:db8::7 ::1 1 1\r\n", "no address of TCP4"],
    ["PROXY TCP4 192.0.2.7  198.51.100.1 1 1\r\n", "no address of TCP4"],
    ["PROXY TCP4 192.0.2.7\r\n", "no address of TCP4"],
    ["PROXY TCP6 192.0.2.7 198.51.100.1 1 1\r\n", "no address of TCP6"],
    ["PROXY TCP6 fe80::1%eth0 ::1 1 1\r\n", "no address of TCP6"],
    ["PROXY TCP4 192.0.2.7 198.51.100.1 1\r\n", "the line must end in two ports"],
    ["PROXY TCP4 192.0.2.7 198.51.100.1 01 1\r\n", "the line must end in two ports"],
    ["PROXY TCP4 192.0.2.7 198.51.100.1 65536 1\r\n", "the line must end in two ports"],
    ["PROXY TCP4 192.0.2.7 198.51.100.1 1 1 1\r\n", "the line must end in two ports"],
    ["PROXY TCP4 192.0.2.7 198.51.100.1 1 1 \r\n", "the line must end in two ports"],
    ["PROXY TCP4 192.0.2.7 198.51.100.1 1 1\n\r\n", "the line must end in two ports"],
    ["PROXY UDP4 192.0.2.7 198.51.100.1 1 1\r\n", "the protocol is none of TCP4, TCP6 and UNKNOWN"],
    ["PROXY  TCP4 192.0.2.7 198.51.100.1 1 1\r\n", "the protocol is none of TCP4, TCP6 and UNKN"],
    ["PROXY \r\n", "the protocol is none of TCP4, TCP6 and UNKNOWN"],
    [`PROXY UNKNOWN ${"x".repeat(107)}`, "the line has no end"],
    ["PROXY\r\n", "does not begin with a PROXY header"],
    ["proxy TCP4", "does not begin with a PROXY header"],
    ["GET / HTTP/1.1\r\n", "does not begin with a PROXY header"],
    ["\x10\x0c\x00\x04MQTT", "does not begin with a PROXY header"],
    ["\x16\x03\x01", "does not begin with a PROXY header"],
  ])("%p is invalid: %s", (line, reason) => {
    expect(told(utf8(line))).toStartWith("invalid: ");
    expect(told(utf8(line))).toContain(reason);
  });

  test("a line of 107 bytes is read, one that goes on is not", () => {
    const line = `PROXY UNKNOWN ${"x".repeat(91)}\r\n`;
    expect(line.length).toBe(107);
    expect(told(utf8(line))).toBe("proxy");
    expect(told(utf8(line.replace("x", "xx")))).toContain("the line has no end");
  });
});

describe("version 2", () => {
  test.each([
    ["TCP over IPv4", version2("21", "11", ipv4Block), "192.0.2.7"],
    ["TCP over IPv6", version2("21", "21", ipv6Block), "2001:db8::7"],
    ["TLVs behind the addresses", version2("21", "11", `${ipv4Block} 040003 000000`), "192.0.2.7"],
    ["LOCAL", version2("20", "00", ""), "proxy"],
    ["LOCAL with addresses, which do not count", version2("20", "11", ipv4Block), "proxy"],
    ["LOCAL of a family that nobody knows", version2("20", "ff", "00"), "proxy"],
    ["unspecified", version2("21", "00", ""), "proxy"],
    ["UDP, which no client of ours speaks", version2("21", "12", ipv4Block), "proxy"],
    ["a Unix socket", version2("21", "31", "00".repeat(216)), "proxy"],
  ])("%s", (_name, bytes, expected) => {
    expect(told(bytes)).toBe(expected);
    expect(readProxyHeader(joined(bytes, utf8("rest")))).toMatchObject({ length: bytes.length });
  });

  test.each([
    ["another version", bytesOf(`${signature2} 11`), "unknown version or command"],
    ["another command", bytesOf(`${signature2} 22`), "unknown version or command"],
    ["another family", version2("21", "41", ipv4Block), "unknown family or transport"],
    ["another transport", version2("21", "13", ipv4Block), "unknown family or transport"],
    ["IPv4 in 11 bytes", version2("21", "11", "00".repeat(11)), "too short for its addresses"],
    ["IPv6 in the bytes of IPv4", version2("21", "21", ipv4Block), "too short for its addresses"],
    ["a Unix socket in 215", version2("21", "31", "00".repeat(215)), "too short for its addresses"],
    ["64 kB", bytesOf(`${signature2} 21 11 ffff`), "65551 bytes of header are too many"],
    ["another signature", bytesOf("0d0a0d0a000d0a515549540b"), "does not begin with a PROXY"],
    ["an empty line", utf8("\r\nGET"), "does not begin with a PROXY"],
  ])("%s is invalid, as soon as it shows", (_name, bytes, reason) => {
    expect(told(bytes)).toStartWith("invalid: ");
    expect(told(bytes)).toContain(reason);
  });

  test("the largest header is read, one byte more is not", () => {
    const most = proxyHeaderBytesMax - 16;
    expect(told(version2("21", "11", `${ipv4Block}${"00".repeat(most - 12)}`))).toBe("192.0.2.7");
    expect(told(version2("21", "11", `${ipv4Block}${"00".repeat(most - 11)}`))).toContain("many");
  });
});

/** Headers with the bytes of the address that was put in. */
const addressed = fc
  .record({
    ip: fc.oneof(fc.ipV4(), fc.ipV6()),
    port: fc.nat(65_535),
    tlv: fc.uint8Array({ maxLength: 300 }),
    second: fc.boolean(),
  })
  .map(({ ip, port, tlv, second }) => {
    const source = addressBytes(ip);
    const six = ip.includes(":");
    if (!second) {
      // The longest spellings of two addresses do not fit into the 107 bytes of a line.
      const addresses = six ? `TCP6 ${ip} ::1` : `TCP4 ${ip} 127.0.0.1`;
      const line = `PROXY ${addresses} ${port} 1883\r\n`;
      return { source, bytes: utf8(line) };
    }
    const block = `${source}${source}${port.toString(16).padStart(4, "0")}075b`;
    return { source, bytes: version2("21", six ? "21" : "11", block + Buffer.from(tlv).toHex()) };
  });

/** The slow and obvious way from an address to its bytes, in hexadecimal digits. */
function addressBytes(address: string): string {
  if (!address.includes(":")) return Uint8Array.from(address.split("."), Number).toHex();
  const groupsOf = (half: string) =>
    half.split(":").flatMap((part) => {
      if (part === "") return [];
      return part.includes(".") ? addressBytes(part).match(/.{4}/g)! : [part.padStart(4, "0")];
    });
  const [left, right] = address.split("::").map(groupsOf) as [string[], string[]?];
  const missing = right ? 8 - left.length - right.length : 0;
  return [...left, ...Array(missing).fill("0000"), ...(right ?? [])].join("").toLowerCase();
}

test("wherever a header is cut, it is partial until it is complete", () => {
  fc.assert(
    fc.property(addressed, fc.uint8Array({ maxLength: 40 }), ({ source, bytes }, rest) => {
      for (let end = 0; end < bytes.length; end += 1) {
        expect(readProxyHeader(bytes.subarray(0, end))).toEqual({ kind: "partial" });
      }
      const header = readProxyHeader(joined(bytes, rest));
      expect(header).toMatchObject({ kind: "complete", length: bytes.length });
      const { clientAddress = "" } = header as { clientAddress?: string };
      expect(addressBytes(clientAddress)).toBe(source);
      expect(clientAddress).not.toMatch(/[A-Z]|(^|:)0\w/);
    }),
  );
});

test("no bytes make it throw, and what is complete or invalid stays so whatever follows", () => {
  const beginnings = fc.constantFrom(
    "",
    signature2,
    `${signature2}21`,
    utf8("PROXY TCP4 ").toHex(),
  );
  fc.assert(
    fc.property(
      beginnings,
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      (beginning, middle, more) => {
        const bytes = joined(bytesOf(beginning), middle);
        const header = readProxyHeader(bytes);
        if (header.kind === "partial") expect(bytes.length).toBeLessThan(proxyHeaderBytesMax);
        else expect(readProxyHeader(joined(bytes, more))).toEqual(header);
      },
    ),
    { numRuns: 2000 },
  );
});
