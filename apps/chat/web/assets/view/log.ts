/**
 * The lines as one sees them: an `li` a line, in the order of the timeline. Whoever reads further
 * up is not moved when lines come in; whoever stands at the end stays there.
 */

import type { Entry, Timeline } from "../talk/timeline.ts";
import { find, make } from "./dom.ts";
import { drawItem, type ItemActions } from "./item.ts";
import { lookOf } from "./look.ts";

export interface Log {
  /** Draws an entry that is new or has changed. */
  readonly put: (entry: Entry) => void;
  readonly remove: (entry: Entry) => void;
  /** Draws every line anew, because it turned out who "you" are. */
  readonly redraw: () => void;
  readonly isAtEnd: () => boolean;
  readonly goToEnd: () => void;
}

export interface LogParts extends ItemActions {
  readonly timeline: Timeline;
  readonly isOwn: (entry: Entry) => boolean;
  /** The reader went to the end, or away from it. */
  readonly onScroll: (atEnd: boolean) => void;
}

const nearEndPixels = 60;

export function createLog(parts: LogParts): Log {
  const { timeline, isOwn } = parts;
  const log = find("log");
  const list = find("lines");
  const items = new Map<string, HTMLLIElement>();
  let atEnd = true;

  const draw = (index: number) => {
    const entry = timeline.entries[index];
    const item = items.get(entry?.draft.id ?? "");
    if (!entry || !item) return;
    const look = lookOf(entry, timeline.entries[index - 1], isOwn(entry));
    drawItem(item, entry, { ...look, ...parts });
  };
  const goToEnd = () => {
    log.scrollTop = log.scrollHeight;
  };
  /** Makes a change above, below or in view, and leaves what is in view where it is. */
  const holdStill = (change: () => void) => {
    const top = log.getBoundingClientRect().top;
    const isInView = (item: Element) => item.getBoundingClientRect().bottom > top;
    const anchor = atEnd ? undefined : [...list.children].find(isInView);
    const before = anchor?.getBoundingClientRect().top ?? 0;
    change();
    if (atEnd) goToEnd();
    else if (anchor) log.scrollTop += anchor.getBoundingClientRect().top - before;
  };
  log.addEventListener("scroll", () => {
    atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < nearEndPixels;
    parts.onScroll(atEnd);
  });
  new ResizeObserver(() => atEnd && goToEnd()).observe(log);

  return {
    put(entry) {
      const index = timeline.indexOf(entry);
      const item = items.get(entry.draft.id) ?? make("li", "line");
      items.set(entry.draft.id, item);
      holdStill(() => {
        if (list.children[index] !== item) {
          item.remove();
          list.insertBefore(item, list.children[index] ?? null);
        }
        draw(index);
        draw(index + 1);
      });
    },
    remove(entry) {
      const item = items.get(entry.draft.id);
      const index = item ? [...list.children].indexOf(item) : -1;
      items.delete(entry.draft.id);
      holdStill(() => {
        item?.remove();
        draw(index);
      });
    },
    redraw() {
      for (const index of timeline.entries.keys()) draw(index);
    },
    isAtEnd: () => atEnd,
    goToEnd,
  };
}
