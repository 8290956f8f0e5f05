/**
 * Saying lines so that none is lost. A line stays in the outbox until the room has shown it, not
 * only until the broker has taken it; after a reconnect all that is left is sent again, in order
 * and under the same ids. A line that the room showed but the store never got, because the server
 * died in between, is said again by whoever said it.
 */

import type { Known, Stored } from "./backlog.ts";
import type { Draft } from "./line.ts";
import type { Outbox } from "./outbox.ts";
import type { Entry, Timeline } from "./timeline.ts";

const shownWithinMilliseconds = 15_000;

export interface SenderParts {
  readonly room: string;
  readonly outbox: Outbox;
  readonly timeline: Timeline;
  readonly send: (message: object) => Promise<void>;
  readonly later: (milliseconds: number, run: () => void) => () => void;
  readonly put: (entry: Entry) => void;
  readonly remove: (entry: Entry) => void;
}

export class Sender {
  readonly #parts: SenderParts;
  readonly #said: Set<string>;
  /** What ends the wait for a line to be shown. */
  readonly #watches = new Map<string, () => void>();
  /** Handed to the connection, which has not said yet what became of them. */
  readonly #inFlight = new Set<string>();
  #isOpen = false;

  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#said = new Set(parts.outbox.drafts().map((draft) => draft.id));
  }

  /** False when the outbox is full. */
  say(draft: Draft): boolean {
    if (!this.#parts.outbox.add(draft)) return false;
    this.#said.add(draft.id);
    this.#show(draft);
    if (this.#isOpen) this.#transmit(draft);
    return true;
  }

  /** The connection is there: sends everything that is waiting. */
  open(): void {
    this.#isOpen = true;
    for (const draft of this.#parts.outbox.drafts()) {
      this.#show(draft);
      this.#transmit(draft);
    }
  }

  /** The connection is gone: lines wait. */
  close(): void {
    this.#isOpen = false;
    for (const id of [...this.#watches.keys()]) this.#unwatch(id);
  }

  /** The room has shown a line. */
  confirm(id: string): void {
    this.#unwatch(id);
    this.#parts.outbox.remove(id);
  }

  /** Says own lines again that were shown before an outage and are not stored. */
  repair(known: Known, stored: Stored): void {
    for (const { draft, line } of this.#parts.timeline.entries) {
      const isOwn = line && this.#said.has(draft.id) && known.has(draft.id);
      if (isOwn && line.at > stored.since && !stored.ids.has(draft.id)) this.#transmit(draft);
    }
  }

  tryAgain(id: string): void {
    const draft = this.#parts.outbox.drafts().find((waiting) => waiting.id === id);
    if (!draft) return;
    this.#show(draft);
    if (this.#isOpen) this.#transmit(draft);
  }

  /** Gives up a line that the room has not shown. */
  forget(id: string): void {
    const { outbox, timeline, remove } = this.#parts;
    const entry = timeline.get(id);
    if (!entry || entry.line) return;
    this.#unwatch(id);
    outbox.remove(id);
    timeline.remove(id);
    remove(entry);
  }

  /** Whether a line was said by this page. */
  saidHere(id: string): boolean {
    return this.#said.has(id);
  }

  #transmit(draft: Draft): void {
    const { room, send, later } = this.#parts;
    this.#unwatch(draft.id);
    const watch = () => this.#fail(draft.id, "The room has not shown this line");
    this.#watches.set(draft.id, later(shownWithinMilliseconds, watch));
    if (this.#inFlight.has(draft.id)) return;
    this.#inFlight.add(draft.id);
    send({ v: 1, type: "say", room, ...draft })
      // Without a connection there is nothing to tell: the next `open` sends it again.
      .catch((error: Error) => this.#isOpen && this.#fail(draft.id, error.message))
      .finally(() => this.#inFlight.delete(draft.id));
  }

  #show(draft: Draft): void {
    const entry = this.#parts.timeline.say(draft);
    entry.failure = undefined;
    this.#parts.put(entry);
  }

  #fail(id: string, failure: string): void {
    const entry = this.#parts.timeline.get(id);
    if (!entry || entry.line) return;
    entry.failure = failure;
    this.#parts.put(entry);
  }

  #unwatch(id: string): void {
    this.#watches.get(id)?.();
    this.#watches.delete(id);
  }
}
