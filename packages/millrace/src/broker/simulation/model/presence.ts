/**
 * Whether the broker has kept a session for a client id, as far as anybody outside can tell.
 *
 * A session is certain once CONNACK has come, over a crash too, and until somebody may have ended
 * it: its client by a CONNECT or DISCONNECT that says so, or the time.
 */

import { type Moment, never } from "./messages.ts";
import { SessionModel } from "./session-model.ts";

export interface Answer {
  readonly cleanStart: boolean;
  /** How long the session outlives its connection. */
  readonly expiryMs: number;
  readonly sessionPresent: boolean;
  /** When the CONNECT was sent. */
  readonly sentAtMs: number;
  readonly nowMs: number;
}

interface Bounds {
  least: number;
  most: number;
}

/** How much longer than its expiry a session may be there. */
const slackMs = 1_000;

/** The end of a connection is on disk by then. */
const savedMs = 5_000;

export class Presence {
  readonly #clientId: string;
  #kept: "none" | "maybe" | "certain" = "none";
  /** As it was before the last CONNECT, which may itself have made a session; below likewise. */
  #noneBefore = true;
  #expiryMs: Bounds = { least: 0, most: 0 };
  #expiryBeforeMs: Bounds = { least: 0, most: 0 };
  /** Since when the broker has been without its connection; `undefined` while it has one. */
  #offlineMs: Bounds | undefined;
  /** The same, when the broker took the last connection. */
  #offlineBeforeMs: Bounds | undefined;
  /** Whether the last CONNECT was. */
  #answered = false;
  /** A crash may have forgotten since when: then the time begins anew. */
  #forgotten = false;
  session: SessionModel | undefined;

  constructor(clientId: string) {
    this.#clientId = clientId;
  }

  /** CONNECT was sent: from now on the broker may have done what it asks. */
  connecting(asked: Pick<Answer, "cleanStart" | "expiryMs" | "sentAtMs">, at: Moment): void {
    const { cleanStart, expiryMs, sentAtMs } = asked;
    this.#noneBefore = this.#kept === "none";
    this.#expiryBeforeMs = this.#expiryMs;
    this.#offlineBeforeMs = this.#offlineMs;
    this.#answered = false;
    if (this.#noneBefore) this.#endSession(at);
    const mayBeOver = this.#mayBeOver(this.#offlineMs, sentAtMs);
    if (cleanStart || expiryMs === 0 || mayBeOver) this.#doubtSession(at);
    if (expiryMs > 0 && this.#noneBefore) this.#kept = "maybe";
    this.#widenExpiry(expiryMs);
  }

  /** The broker has taken a connection. */
  opened(): void {
    this.#offlineBeforeMs = this.#offlineMs;
    this.#offlineMs = undefined;
  }

  /** CONNACK has come: the complaint about its session present flag, if there is one. */
  connected(answer: Answer, at: Moment): string | undefined {
    const complaint = this.#complaintOf(answer);
    const { expiryMs, sessionPresent } = answer;
    this.#answered = true;
    if (!sessionPresent) this.#endSession(at);
    this.session ??= new SessionModel(this.#clientId);
    this.#kept = expiryMs > 0 ? "certain" : "none";
    this.#expiryMs = { least: expiryMs, most: expiryMs };
    return complaint;
  }

  /** DISCONNECT was sent with another expiry. */
  takingLeave(expiryMs: number, at: Moment): void {
    this.#widenExpiry(expiryMs);
    if (expiryMs === 0) this.#doubtSession(at);
  }

  /** The client has lost its connection; a session that is not kept ends with it. */
  closed(at: Moment): void {
    if (this.#kept === "none") this.#endSession(at);
  }

  /** The broker has seen the connection end. */
  disconnected(nowMs: number): void {
    this.#offlineMs = { least: nowMs, most: nowMs };
  }

  killed(nowMs: number): void {
    if (!this.#offlineMs || nowMs - this.#offlineMs.most < savedMs) this.#forgotten = true;
    this.#offlineMs ??= { least: nowMs, most: nowMs };
    // A connection that was never answered may be forgotten altogether, with its end.
    const before = this.#answered || !this.#forgotten ? undefined : this.#offlineBeforeMs;
    if (before) this.#offlineMs.least = Math.min(this.#offlineMs.least, before.least);
  }

  restarted(nowMs: number): void {
    if (this.#forgotten && this.#offlineMs) this.#offlineMs.most = nowMs;
    this.#forgotten = false;
  }

  #mayBeOver(offlineMs: Bounds | undefined, nowMs: number): boolean {
    return offlineMs !== undefined && nowMs - offlineMs.least >= this.#expiryBeforeMs.least;
  }

  #endSession(at: Moment): void {
    if (this.session) this.session.endedAt = at;
    this.session = undefined;
  }

  #doubtSession(at: Moment): void {
    if (this.#kept === "certain") this.#kept = "maybe";
    if (!this.session) return;
    this.session.endedAt = at;
    this.session = this.session.doubted(at);
  }

  #widenExpiry(expiryMs: number): void {
    const { least, most } = this.#expiryMs;
    this.#expiryMs = { least: Math.min(least, expiryMs), most: Math.max(most, expiryMs) };
  }

  #complaintOf({ cleanStart, sessionPresent, sentAtMs, nowMs }: Answer): string | undefined {
    const offlineMs = this.#offlineBeforeMs;
    if (sessionPresent) {
      const isOver = sentAtMs - (offlineMs?.most ?? never) > this.#expiryBeforeMs.most + slackMs;
      if (cleanStart) return "session present although a clean one was asked for";
      if (this.#noneBefore) return "session present although there can be none";
      return isOver ? "session present although it has expired" : undefined;
    }
    const isDue = !cleanStart && this.#kept === "certain" && !this.#mayBeOver(offlineMs, nowMs);
    return isDue ? "session not present although it was kept" : undefined;
  }
}
