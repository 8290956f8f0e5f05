/**
 * IP addresses and ranges, `203.0.113.0/24` and `2001:db8::/32`. Without a prefix length a range is
 * one address. Bits behind the prefix length count for nothing.
 *
 * `::ffff:203.0.113.7` is the IPv4 address in it: a socket that speaks both shows its peers so, and
 * a range of addresses must not depend on the socket.
 */

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

export interface AddressRange extends Address {
  readonly prefixLength: number;
}

/** `undefined` when the text is neither an address nor a range of addresses. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const match = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text);
  const address = match && parseAddress(match[1]!);
  if (!address) return undefined;
  const isMapped = address.bits === 32 && match[1]!.includes(":");
  const given = match[2] === undefined ? undefined : Number(match[2]) - (isMapped ? 96 : 0);
  const prefixLength = given ?? address.bits;
  if (prefixLength < 0 || prefixLength > address.bits) return undefined;
  return { ...address, prefixLength };
}

/** Whether the text is an address in the range. */
export function rangeHolds(range: AddressRange, text: string): boolean {
  const address = parseAddress(text);
  if (!address || address.bits !== range.bits) return false;
  const free = BigInt(range.bits - range.prefixLength);
  return address.value >> free === range.value >> free;
}

function parseAddress(text: string): Address | undefined {
  if (!text.includes(":")) {
    const value = parseIpv4(text);
    return value === undefined ? undefined : { bits: 32, value };
  }
  const value = parseIpv6(text);
  if (value === undefined) return undefined;
  return value >> 32n === 0xffffn ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value };
}

/** Four decimals; a leading zero would make some read it as octal, so there is none. */
function parseIpv4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) {
    return undefined;
  }
  const numbers = parts.map(Number);
  if (numbers.some((part) => part > 255)) return undefined;
  return numbers.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => groupsOf(half));
  const [head, tail] = groups;
  if (!head || (halves.length === 2 && !tail)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...new Array<bigint>(missing).fill(0n), ...(tail ?? [])];
  return all.reduce((value, group) => (value << 16n) | group, 0n);
}

/** Sixteen bits each; the last two may be written as an IPv4 address. */
function groupsOf(half: string): bigint[] | undefined {
  if (half === "") return [];
  const parts = half.split(":");
  const groups: bigint[] = [];
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1 && part.includes(".")) {
      const embedded = parseIpv4(part);
      if (embedded === undefined) return undefined;
      groups.push(embedded >> 16n, embedded & 0xffffn);
    } else if (/^[0-9A-Fa-f]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}
