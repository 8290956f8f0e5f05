/** A page without a document: what it would show, as data. */

import { openMemory } from "../memory.ts";
import { openOutbox } from "../outbox.ts";
import { Session, type Wire } from "../session.ts";
import { createTimeline } from "../timeline.ts";
import { createUlids } from "../ulid.ts";
import type { ManualTime } from "./manual-time.ts";
import { createStorage } from "./storage.ts";

export class ModelPage {
  readonly clientId: string;
  readonly session: Session;
  readonly timeline = createTimeline();
  /** Texts announced as new. */
  readonly announced: string[] = [];
  backlog = "";
  isConnected = false;
  readonly #makeId: () => string;

  constructor(clientId: string, time: ManualTime, publish: Wire["publish"]) {
    const random = () => crypto.getRandomValues(new Uint8Array(10));
    this.clientId = clientId;
    this.#makeId = createUlids({ now: () => time.now, random });
    this.session = new Session({
      room: "lobby",
      clientId,
      timeline: this.timeline,
      later: time.later,
      outbox: openOutbox(openMemory(createStorage), "lobby", time.now),
      makeNonce: this.#makeId,
      wire: { subscribe: async () => {}, publish },
      display: {
        put: () => {},
        remove: () => {},
        announce: (line) => this.announced.push(line.text),
        setMore: () => {},
        setBacklog: (state) => {
          this.backlog = state;
        },
        introduce: () => {},
        isAtEnd: () => true,
      },
    });
  }

  say(text: string): void {
    this.session.say({ id: this.#makeId(), name: "Ann", text });
  }

  /** Texts in the order shown. */
  shown(): string[] {
    return this.timeline.entries.map((entry) => entry.draft.text);
  }
}
