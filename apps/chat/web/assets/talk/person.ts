/**
 * Who is here: a person is a browser, a tab is a connection of theirs. The client id holds both,
 * `<identity>-<tab>`, and the policy lets nobody have another's; rooms see only a hash of the
 * identity, made by the rule.
 */

import type { Memory } from "./memory.ts";

export interface Person {
  readonly clientId: string;
  /** The public id, once the back end has told it. */
  you?: string;
}

const key = "chat.person";

/** The person who has this identity, in a new tab. */
export function openPerson(
  memory: Memory,
  identityId: string,
  random: (count: number) => Uint8Array,
): Person {
  return { clientId: `${identityId}-${hex(random(6))}`, you: memory.get(`${key}.you`) };
}

export function rememberYou(memory: Memory, person: Person, you: string): void {
  person.you = you;
  memory.set(`${key}.you`, you);
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
