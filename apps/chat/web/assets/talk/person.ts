/**
 * Who is here: a person is a browser, a tab is a connection of theirs. The client id holds both,
 * `web-<person>-<tab>`; rooms see only a hash of the person's part, made by the rule.
 */

import type { Memory } from "./memory.ts";

export interface Person {
  readonly clientId: string;
  /** The public id, once the back end has told it. */
  you?: string;
}

const key = "chat.person";
const shape = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** The person of this browser in a new tab; a new person where nothing can be remembered. */
export function openPerson(memory: Memory, random: (count: number) => Uint8Array): Person {
  const kept = memory.get(key);
  const id = kept && shape.test(kept) ? kept : makeUuid(random(16));
  if (id !== kept) memory.set(key, id);
  return { clientId: `web-${id}-${hex(random(6))}`, you: memory.get(`${key}.you`) };
}

export function rememberYou(memory: Memory, person: Person, you: string): void {
  person.you = you;
  memory.set(`${key}.you`, you);
}

/** A random UUID (version 4). `crypto.randomUUID` is missing on plain http. */
function makeUuid(bytes: Uint8Array): string {
  const digits = hex(bytes);
  const variant = "89ab"[(bytes[8] ?? 0) & 3];
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20),
  ].join("-");
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
