/** How a line looks beside the one above it: its colour, its time, and whether it goes on. */

import type { Entry } from "../talk/timeline.ts";
import { timeOfUlid } from "../talk/ulid.ts";

export interface Look {
  readonly own: boolean;
  /** The same person goes on speaking: no name, no time. */
  readonly follows: boolean;
  /** The day, where it begins with this line. */
  readonly day?: string;
  /** The first letter of the name. */
  readonly initial: string;
  /** Four digits that tell two people of one name apart. */
  readonly tag: string;
  /** Degrees of the colour circle. */
  readonly hue: number;
  /** Local time of day, and the same as ISO 8601. */
  readonly time: string;
  readonly dateTime: string;
  readonly state: "said" | "waiting" | "failed";
}

const togetherMilliseconds = 5 * 60_000;
const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const calendar = new Intl.DateTimeFormat(undefined, {
  weekday: "long",
  day: "numeric",
  month: "long",
});

/** `above` is the line before it, `own` whether the reader said it. */
export function lookOf(entry: Entry, above: Entry | undefined, own: boolean): Look {
  const { draft, line } = entry;
  const at = new Date(timeOf(entry));
  const isNewDay = above === undefined || calendar.format(at) !== calendar.format(timeOf(above));
  const author = line?.author ?? "";
  return {
    own,
    follows: !isNewDay && entry.gap === undefined && goesOn(entry, above),
    day: isNewDay ? calendar.format(at) : undefined,
    initial: [...draft.name.trim()][0]?.toUpperCase() ?? "",
    tag: author.slice(0, 4),
    hue: (Number.parseInt(author.slice(0, 4), 16) % 24) * 15 || 0,
    time: clock.format(at),
    dateTime: at.toISOString(),
    state: entry.failure !== undefined ? "failed" : line ? "said" : "waiting",
  };
}

function goesOn(entry: Entry, above: Entry): boolean {
  const isSamePerson = !entry.line || !above.line || entry.line.author === above.line.author;
  const isSameName = entry.draft.name === above.draft.name;
  return isSamePerson && isSameName && timeOf(entry) - timeOf(above) < togetherMilliseconds;
}

/** When the room showed it, or when it was said. */
function timeOf({ draft, line }: Entry): number {
  return line?.at ?? timeOfUlid(draft.id);
}
