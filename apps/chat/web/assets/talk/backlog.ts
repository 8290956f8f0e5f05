/**
 * What was said before: the newest page after each connect, older ones on demand, and the gap that
 * an outage left. A gap is closed page by page from its newer end until a page holds a line that
 * was known before; where that would take too many pages, the gap is marked and left to the reader.
 */

import type { Inquiry, Page } from "./inquiry.ts";
import type { Line } from "./line.ts";
import type { Entry, Timeline } from "./timeline.ts";

const gapPagesMax = 10;
const entriesMax = 2_000;
const entriesKept = 1_500;

/** The time of each line that the room has shown, by id. */
export type Known = ReadonlyMap<string, number>;

export interface Stored {
  readonly ids: ReadonlySet<string>;
  /** Lines said before this time (milliseconds) may be stored without being among `ids`. */
  readonly since: number;
}

export interface BacklogParts {
  readonly ask: Inquiry["ask"];
  readonly timeline: Timeline;
  /** An entry is new or has changed. */
  readonly put: (entry: Entry) => void;
  readonly remove: (entry: Entry) => void;
  readonly setMore: (more: boolean) => void;
  readonly introduce: (you: string) => void;
}

export class Backlog {
  readonly #parts: BacklogParts;
  #hasBegun = false;
  /** The cursor behind the oldest line shown; absent when there is nothing older. */
  #earlier: string | undefined;
  /** What the store gave at the last catch-up: a second look goes back to there. */
  #proven: Known = new Map();

  constructor(parts: BacklogParts) {
    this.#parts = parts;
  }

  /**
   * Says hello and takes what is missing since. `known`: the lines shown before the connection was
   * lost. Gives what the store holds of the time that the answers cover.
   */
  async catchUp(known: Known): Promise<Stored> {
    const newest = await this.#parts.ask({ type: "hello" });
    const isFirst = !this.#hasBegun || known.size === 0;
    const pages = isFirst ? [newest] : await this.#descend(newest, known);
    if (isFirst) this.#take(newest);
    this.#hasBegun = true;
    this.#proven = timesOf(pages.flatMap((page) => page.items));
    const oldest = pages.at(-1);
    if (isFirst || oldest?.before === undefined) this.#setEarlier(oldest?.before);
    return storedIn(pages);
  }

  /** Asks for the newest page once more, for lines that were stored while it was being read. */
  async lookAgain(): Promise<void> {
    const newest = await this.#parts.ask({ type: "page" });
    const pages = await this.#descend(newest, this.#proven);
    if (pages.at(-1)?.before === undefined) this.#setEarlier(undefined);
  }

  async showEarlier(): Promise<void> {
    if (this.#earlier === undefined) return;
    const page = await this.#parts.ask({ type: "page", before: this.#earlier });
    this.#take(page);
    this.#setEarlier(page.before);
  }

  /** Goes on closing the gap before an entry. */
  async closeGap(entry: Entry): Promise<void> {
    if (entry.gap === undefined) return;
    const known = knownLines(this.#parts.timeline);
    const page = await this.#parts.ask({ type: "page", before: entry.gap });
    this.#setGap(entry.line, undefined);
    await this.#descend(page, known);
  }

  /** Lets the oldest lines go when there are too many; they can be asked for again. */
  trim(): void {
    const { timeline, remove } = this.#parts;
    if (timeline.entries.length <= entriesMax) return;
    for (const entry of timeline.entries.slice(0, -entriesKept)) {
      timeline.remove(entry.draft.id);
      remove(entry);
    }
    const oldest = timeline.entries[0]?.line;
    if (oldest) this.#setEarlier(`${oldest.at}-${oldest.id}`);
  }

  /** Takes a page and older ones until they meet what is known; gives all of them. */
  async #descend(first: Page, known: Known): Promise<Page[]> {
    const pages = [first];
    this.#take(first);
    for (let page = first; page.before !== undefined && !meets(page, known); ) {
      const oldest = page.items.at(-1);
      this.#setGap(oldest, page.before);
      if (pages.length === gapPagesMax) break;
      page = await this.#parts.ask({ type: "page", before: page.before });
      pages.push(page);
      this.#take(page);
      this.#setGap(oldest, undefined);
    }
    return pages;
  }

  /** Merges a page. Within it nothing is missing; what is behind its oldest line is not said. */
  #take(page: Page): void {
    const { timeline, put, introduce } = this.#parts;
    if (page.you) introduce(page.you);
    for (const line of page.items) {
      const change = timeline.merge(line);
      if (change) put(change.entry);
    }
    for (const line of page.items.slice(0, -1)) this.#setGap(line, undefined);
  }

  #setGap(line: Line | undefined, cursor: string | undefined): void {
    const entry = this.#parts.timeline.get(line?.id ?? "");
    if (!entry || entry.gap === cursor) return;
    entry.gap = cursor;
    this.#parts.put(entry);
  }

  #setEarlier(cursor: string | undefined): void {
    this.#earlier = cursor;
    this.#parts.setMore(cursor !== undefined);
  }
}

export function knownLines(timeline: Timeline): Known {
  return timesOf(timeline.entries.flatMap(({ line }) => line ?? []));
}

function timesOf(lines: readonly Line[]): Known {
  return new Map(lines.map((line) => [line.id, line.at]));
}

/** A line that was sent again is stored twice: only the copy that was shown proves anything. */
function meets(page: Page, known: Known): boolean {
  return page.items.some((line) => known.get(line.id) === line.at);
}

function storedIn(pages: readonly Page[]): Stored {
  const lines = pages.flatMap((page) => page.items);
  const isWhole = pages.at(-1)?.before === undefined;
  const since = isWhole ? 0 : (lines.at(-1)?.at ?? 0);
  return { ids: new Set(lines.map((line) => line.id)), since };
}
