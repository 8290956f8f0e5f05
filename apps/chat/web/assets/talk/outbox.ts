/**
 * Lines that are said but have not come back from the room. They survive a reload, are sent again
 * in order under the same id, and leave when the room has shown them. One key a line, so that two
 * tabs in one room do not overwrite each other. Lines older than a day are let go, as in the room.
 */

import type { Draft } from "./line.ts";
import type { Memory } from "./memory.ts";
import { timeOfUlid } from "./ulid.ts";

const linesMax = 100;
const dayMilliseconds = 86_400_000;

export interface Outbox {
  /** Oldest first. */
  readonly drafts: () => readonly Draft[];
  /** False when it is full. */
  readonly add: (draft: Draft) => boolean;
  readonly remove: (id: string) => void;
}

export function openOutbox(memory: Memory, room: string, now: number): Outbox {
  const prefix = `chat.outbox:${room}:`;
  const drafts = new Map<string, Draft>();
  for (const key of memory.keys(prefix)) {
    const draft = readDraft(memory.get(key));
    if (draft && timeOfUlid(draft.id) > now - dayMilliseconds) drafts.set(draft.id, draft);
    else memory.remove(key);
  }
  return {
    drafts: () => [...drafts.values()],
    add(draft) {
      if (drafts.size >= linesMax) return false;
      drafts.set(draft.id, draft);
      memory.set(prefix + draft.id, JSON.stringify(draft));
      return true;
    },
    remove(id) {
      if (drafts.delete(id)) memory.remove(prefix + id);
    },
  };
}

function readDraft(text: string | undefined): Draft | undefined {
  try {
    const { id, name, text: said } = JSON.parse(text ?? "");
    const whole = [id, name, said].every((member) => typeof member === "string");
    return whole ? { id, name, text: said } : undefined;
  } catch {
    return undefined; // Somebody else's value: the caller removes it.
  }
}
