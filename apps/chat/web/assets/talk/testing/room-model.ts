/**
 * The back end as the pages see it, small enough to be obviously right: lines are relayed with a
 * time, stored a little later, and given out in pages. It can lose what it has not stored yet,
 * as a killed server does, and cut every connection.
 */

import type { Draft, Line } from "../line.ts";
import { ManualTime } from "./manual-time.ts";
import { ModelPage } from "./model-page.ts";

const pageSize = 3;
const wireMilliseconds = 10;
const storeMilliseconds = 40;

export class RoomModel {
  readonly stored: Line[] = [];
  isAnswering = true;
  isRelaying = true;
  readonly #time = new ManualTime();
  readonly #pages: ModelPage[] = [];
  #unstored: Line[] = [];

  /** A page that is not connected yet. */
  open(): ModelPage {
    const page = new ModelPage(`web-${this.#pages.length}`, this.#time, async (_topic, payload) => {
      if (!page.isConnected) throw new Error("The connection was lost");
      const message = JSON.parse(payload);
      this.#time.later(wireMilliseconds, () => this.#receive(page, message));
    });
    this.#pages.push(page);
    return page;
  }

  connect(page: ModelPage): void {
    if (page.isConnected) return;
    page.isConnected = true;
    void page.session.connected();
  }

  disconnect(page: ModelPage): void {
    if (!page.isConnected) return;
    page.isConnected = false;
    page.session.disconnected();
  }

  /** Everything that was relayed and not stored is gone, as are all connections. */
  kill(): void {
    this.#unstored = [];
    this.#time.clear();
    for (const page of this.#pages) this.disconnect(page);
  }

  /** Publishes anything into the room, past the relay. */
  inject(payload: string): void {
    for (const page of this.#pages) page.session.receive("chat/pub/lobby", payload);
  }

  advance(milliseconds: number): Promise<void> {
    return this.#time.advance(milliseconds);
  }

  #receive(from: ModelPage, message: Record<string, string>): void {
    if (message.type !== "say") {
      if (this.isAnswering) this.#answer(from, message);
    } else if (this.isRelaying) this.#relay(from, message as unknown as Draft);
  }

  #relay(from: ModelPage, { id, name, text }: Draft): void {
    const line = { id, name, text, author: authorOf(from), at: this.#time.now };
    this.#unstored.push(line);
    this.#time.later(storeMilliseconds, () => {
      if (this.#unstored.includes(line)) this.stored.push(line);
      this.#unstored = this.#unstored.filter((other) => other !== line);
    });
    const message = JSON.stringify({ v: 1, type: "say", room: "lobby", ...line });
    for (const page of this.#pages) {
      if (page.isConnected) page.session.receive("chat/pub/lobby", message);
    }
  }

  #answer(to: ModelPage, { nonce, before = "~" }: Record<string, string>): void {
    const older = this.stored.filter((line) => keyOf(line) < before);
    const items = older.sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1)).slice(0, pageSize);
    const last = items.at(-1);
    const more = older.length > pageSize && last ? { before: keyOf(last) } : {};
    const page = { v: 1, type: "page", room: "lobby", nonce, items, you: authorOf(to), ...more };
    if (to.isConnected) to.session.receive(`chat/in/${to.clientId}`, JSON.stringify(page));
  }
}

function keyOf({ at, id }: Line): string {
  return `${at}-${id}`;
}

function authorOf({ clientId }: ModelPage): string {
  return clientId.replace("web-", "").padStart(12, "0");
}
