/**
 * The lines of a room in order, each once. Lines that the room has shown stand by time and id; the
 * own ones that it has not shown yet stand behind them in the order they were said. A line that
 * arrives twice with different times (it was sent again) keeps the earlier time.
 */

import { compareLines, type Draft, type Line } from "./line.ts";

export interface Entry {
  readonly draft: Draft;
  /** Who and when; absent until the room has shown the line. */
  line?: Line;
  /** Why the line could not be said, in words. */
  failure?: string;
  /** Lines are missing before this one, and from which cursor on to ask for them. */
  gap?: string;
}

export interface Timeline {
  readonly entries: readonly Entry[];
  readonly get: (id: string) => Entry | undefined;
  /** Adds an own line that the room has not shown; the entry that stands there if it is known. */
  readonly say: (draft: Draft) => Entry;
  /** Adds or confirms a line. `news`: nobody had said it here; absent: nothing changed. */
  readonly merge: (line: Line) => { readonly entry: Entry; readonly news: boolean } | undefined;
  readonly remove: (id: string) => void;
  readonly indexOf: (entry: Entry) => number;
}

export function createTimeline(): Timeline {
  const entries: Entry[] = [];
  const known = new Map<string, Entry>();

  const insert = (entry: Entry) => {
    entries.splice(placeFor(entries, entry), 0, entry);
    known.set(entry.draft.id, entry);
    return entry;
  };
  const take = (entry: Entry) => {
    entries.splice(entries.indexOf(entry), 1);
    known.delete(entry.draft.id);
  };
  return {
    entries,
    get: (id) => known.get(id),
    say: (draft) => known.get(draft.id) ?? insert({ draft }),
    merge(line) {
      const old = known.get(line.id);
      if (old?.line && old.line.at <= line.at) return undefined;
      if (!old) return { entry: insert({ draft: line, line }), news: true };
      take(old);
      old.line = line;
      old.failure = undefined;
      return { entry: insert(old), news: false };
    },
    remove(id) {
      const entry = known.get(id);
      if (entry) take(entry);
    },
    indexOf: (entry) => entries.indexOf(entry),
  };
}

/** Where an entry belongs: found from the end, because news is the newest nearly always. */
function placeFor(entries: readonly Entry[], entry: Entry): number {
  let place = entries.length;
  while (place > 0 && compareEntries(entries[place - 1]!, entry) > 0) place--;
  return place;
}

function compareEntries(a: Entry, b: Entry): number {
  if (a.line && b.line) return compareLines(a.line, b.line);
  if (a.line || b.line) return a.line ? -1 : 1;
  return a.draft.id < b.draft.id ? -1 : 1;
}
