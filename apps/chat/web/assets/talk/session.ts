/**
 * One visit to a room over one connection at a time. The order after every connect: subscribe to
 * the inbox and the room, then send what waits, then ask what was said before; so nothing falls
 * between the backlog and the live lines, and merging by id removes what comes twice.
 */

import { Backlog, type Known, knownLines } from "./backlog.ts";
import { createInquiry, type Inquiry, type InquiryParts } from "./inquiry.ts";
import { type Draft, type Line, readLine } from "./line.ts";
import type { Outbox } from "./outbox.ts";
import { Sender } from "./sender.ts";
import type { Entry, Timeline } from "./timeline.ts";

/** The store is at most this far behind what was relayed. */
const storeLagMilliseconds = 3_000;

/** What the session needs of the connection. */
export interface Wire {
  readonly subscribe: (filters: readonly string[]) => Promise<void>;
  /** At least once; rejects when the connection is lost before the acknowledgement. */
  readonly publish: (topic: string, payload: string) => Promise<void>;
}

/** What the session needs of the page. */
export interface Display {
  /** An entry is new or has changed. */
  readonly put: (entry: Entry) => void;
  readonly remove: (entry: Entry) => void;
  /** Somebody said something just now. */
  readonly announce: (line: Line) => void;
  readonly setMore: (more: boolean) => void;
  readonly setBacklog: (state: "loading" | "ready" | "failed") => void;
  readonly introduce: (you: string) => void;
  /** Whether the newest line is in view, so that old ones may go. */
  readonly isAtEnd: () => boolean;
}

export interface SessionParts extends Pick<InquiryParts, "later" | "makeNonce"> {
  readonly room: string;
  readonly clientId: string;
  readonly wire: Wire;
  readonly display: Display;
  readonly timeline: Timeline;
  readonly outbox: Outbox;
}

export class Session {
  readonly #parts: SessionParts;
  readonly #inbox: string;
  readonly #live: string;
  readonly #inquiry: Inquiry;
  readonly #backlog: Backlog;
  readonly #sender: Sender;
  /** Rises with every connection: what an old one still does is over then. */
  #connection = 0;
  #isCaughtUp = false;
  #known: Known = new Map();
  #stopLooking = () => {};

  constructor(parts: SessionParts) {
    const { room, clientId, wire, display, timeline, outbox, later, makeNonce } = parts;
    const send = (message: object) => wire.publish("chat/out", JSON.stringify(message));
    this.#parts = parts;
    this.#inbox = `chat/in/${clientId}`;
    this.#live = `chat/pub/${room}`;
    this.#inquiry = createInquiry({ room, makeNonce, send, later });
    this.#backlog = new Backlog({ ask: this.#inquiry.ask, timeline, ...display });
    this.#sender = new Sender({ room, outbox, timeline, send, later, ...display });
  }

  async connected(): Promise<void> {
    const current = ++this.#connection;
    await this.#parts.wire.subscribe([this.#inbox, this.#live]);
    if (current !== this.#connection) return;
    this.#sender.open();
    await this.reload();
  }

  disconnected(): void {
    this.#connection++;
    // Half a catch-up is none: what it showed must not pass for what was known.
    if (this.#isCaughtUp) this.#known = knownLines(this.#parts.timeline);
    this.#isCaughtUp = false;
    this.#stopLooking();
    this.#sender.close();
    this.#inquiry.abandon();
  }

  receive(topic: string, payload: string): void {
    const message = parseObject(payload);
    if (topic === this.#live) this.#receiveLine(readLine(message));
    if (topic === this.#inbox) this.#inquiry.receive(message);
  }

  /** Asks for the backlog; once more after it failed. */
  async reload(): Promise<void> {
    const current = this.#connection;
    const { display, later } = this.#parts;
    display.setBacklog("loading");
    try {
      const stored = await this.#backlog.catchUp(this.#known);
      this.#sender.repair(this.#known, stored);
      this.#confirmShown();
      this.#isCaughtUp = true;
      display.setBacklog("ready");
      this.#stopLooking = later(storeLagMilliseconds, () => this.#lookAgain());
    } catch (error) {
      if (current !== this.#connection) return;
      console.warn("Cannot load the backlog:", error);
      display.setBacklog("failed");
    }
  }

  /** False when too many lines wait already. */
  say(draft: Draft): boolean {
    return this.#sender.say(draft);
  }

  tryAgain(id: string): void {
    this.#sender.tryAgain(id);
  }

  forget(id: string): void {
    this.#sender.forget(id);
  }

  saidHere(id: string): boolean {
    return this.#sender.saidHere(id);
  }

  showEarlier(): Promise<void> {
    return this.#backlog.showEarlier();
  }

  closeGap(entry: Entry): Promise<void> {
    return this.#backlog.closeGap(entry);
  }

  #receiveLine(line: Line | undefined): void {
    if (!line) return;
    const { timeline, display } = this.#parts;
    this.#sender.confirm(line.id);
    const change = timeline.merge(line);
    if (!change) return;
    display.put(change.entry);
    if (change.news) display.announce(line);
    if (display.isAtEnd()) this.#backlog.trim();
  }

  /** A second look that fails is no loss: the next connect looks again. */
  #lookAgain(): void {
    const report = (error: Error) => console.debug("Cannot look again:", error.message);
    this.#backlog.lookAgain().then(() => this.#confirmShown(), report);
  }

  #confirmShown(): void {
    const { outbox, timeline } = this.#parts;
    for (const draft of outbox.drafts()) {
      if (timeline.get(draft.id)?.line) this.#sender.confirm(draft.id);
    }
  }
}

/** The object in a JSON text; an empty one for anything else. */
function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {}; // Anybody may publish anything; what is not JSON is no message.
  }
}
