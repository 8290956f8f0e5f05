/**
 * The header of the PROXY protocol, versions 1 and 2: whom a proxy brings.
 *
 * After https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt, its section 2. The header is
 * the first thing on a connection. Whoever expects one must not guess whether it is there: a client
 * that got around the proxy could then choose its own address. So everything that is no header in
 * full is invalid, and is called so at the first byte that shows it.
 *
 * Pure. What a proxy tells beyond the client's address (TLVs) is skipped.
 */

import { isIPv4, isIPv6 } from "node:net";
import { proxyHeaderBytesMax } from "./limits.ts";

export type ProxyHeader =
  | { readonly kind: "partial" }
  | { readonly kind: "invalid"; readonly reason: string }
  | {
      readonly kind: "complete";
      /** Bytes of the header; what follows is the client's. */
      readonly length: number;
      /** `undefined`: the proxy speaks for itself or does not know; the socket's address counts. */
      readonly clientAddress: string | undefined;
    };

const partial: ProxyHeader = { kind: "partial" };

const signature1 = [..."PROXY "].map((character) => character.charCodeAt(0));
const signature2 = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];

const lineBytesMax = 107;
const fixedBytes = 16;

/** Reads the beginning of a connection, given from its first byte on each time. */
export function readProxyHeader(bytes: Uint8Array): ProxyHeader {
  if (bytes.length === 0) return partial;
  if (beginsWith(bytes, signature2)) return readVersion2(bytes);
  if (beginsWith(bytes, signature1)) return readVersion1(bytes);
  return invalid("the connection does not begin with a PROXY header");
}

/** Whether the bytes are the signature as far as both go. */
function beginsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  const length = Math.min(bytes.length, signature.length);
  for (let at = 0; at < length; at += 1) if (bytes[at] !== signature[at]) return false;
  return true;
}

/** `PROXY TCP4 192.0.2.7 198.51.100.1 56324 1883\r\n` */
function readVersion1(bytes: Uint8Array): ProxyHeader {
  const line = Buffer.from(bytes.subarray(0, lineBytesMax)).toString("latin1");
  const end = line.indexOf("\r\n");
  if (end < 0) return line.length < lineBytesMax ? partial : invalid("the line has no end");
  const [, protocol, source = "", destination = "", ...ports] = line.slice(0, end).split(" ");
  const length = end + 2;
  if (protocol === "UNKNOWN") return complete(length);
  const isAddress = protocol === "TCP4" ? isIPv4 : protocol === "TCP6" ? isPlainIpv6 : undefined;
  if (!isAddress) return invalid("the protocol is none of TCP4, TCP6 and UNKNOWN");
  if (!isAddress(source) || !isAddress(destination)) return invalid(`no address of ${protocol}`);
  if (ports.length !== 2 || !ports.every(isPort)) return invalid("the line must end in two ports");
  return complete(length, protocol === "TCP6" ? canonicalIpv6(source) : source);
}

/** Without a zone, which means something on one machine alone. */
function isPlainIpv6(text: string): boolean {
  return isIPv6(text) && !text.includes("%");
}

function isPort(text: string): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;
}

function readVersion2(bytes: Uint8Array): ProxyHeader {
  const [versionAndCommand, familyAndTransport] = bytes.subarray(signature2.length);
  const isLocal = versionAndCommand === 0x20;
  if (versionAndCommand === undefined) return partial;
  if (!isLocal && versionAndCommand !== 0x21) return invalid("unknown version or command");
  if (bytes.length < fixedBytes) return partial;
  const length = fixedBytes + bytes[14]! * 256 + bytes[15]!;
  if (length > proxyHeaderBytesMax) return invalid(`${length} bytes of header are too many`);
  const block = bytes.subarray(fixedBytes, length);
  const isWhole = bytes.length >= length;
  // The family of a connection that the proxy makes for itself is ignored.
  if (isLocal) return isWhole ? complete(length) : partial;
  const family = familyAndTransport! >> 4;
  const transport = familyAndTransport! & 0x0f;
  if (family > 3 || transport > 2) return invalid("unknown family or transport");
  const addressBytes = transport === 1 ? addressBytesOf[family]! : 0;
  if (length - fixedBytes < addressBytes) return invalid("too short for its addresses");
  if (!isWhole) return partial;
  if (addressBytes === 12) return complete(length, block.subarray(0, 4).join("."));
  if (addressBytes === 36) return complete(length, formatIpv6(block.subarray(0, 16)));
  return complete(length); // unspecified, UDP or a Unix socket: no address that we could use
}

/** Two addresses and two ports over TCP, by family: unspecified, IPv4, IPv6, Unix. */
const addressBytesOf = [0, 12, 36, 216];

function formatIpv6(bytes: Uint8Array): string {
  const groups = Buffer.from(bytes).toString("hex").match(/.{4}/g)!;
  return canonicalIpv6(groups.join(":"));
}

/** One address, one text [RFC5952]; the URL standard writes it so. */
function canonicalIpv6(text: string): string {
  // The runtime's URL does not read every address that ends as one of IPv4 does.
  const groups = text.replace(/[\d.]+\.[\d.]+$/, (ipv4) => {
    const [a, b, c, d] = ipv4.split(".").map(Number) as [number, number, number, number];
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  return new URL(`http://[${groups}]`).hostname.slice(1, -1);
}

function complete(length: number, clientAddress?: string): ProxyHeader {
  return { kind: "complete", length, clientAddress };
}

function invalid(reason: string): ProxyHeader {
  return { kind: "invalid", reason };
}
