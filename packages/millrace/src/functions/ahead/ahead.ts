/**
 * The call that a process has ahead: behind the one that it runs, so that it begins by itself as
 * soon as it has answered, and need not be woken for it.
 *
 * Lambda's rule stands: one call at a time. A process begins what it has ahead only right behind an
 * answer that is also its word that the call before logged nothing (`answered`, of the channel);
 * behind any other end it drops it, and the server gives it elsewhere. Until it begins the server
 * may take it back: the ticket says who was first, also when the process is gone.
 *
 * Ahead is given to a process whose last calls all ended that way. What is written past the console
 * has no place of its own in the log where two calls follow each other so closely: a process that
 * has done that once gets nothing ahead.
 */

import { assert } from "../../base/mod.ts";
import type { Call, Outcome } from "../call.ts";
import { quietCallsMin } from "../limits.ts";
import { Ticket } from "./ticket.ts";

export interface NextCall {
  readonly call: Call;
  /** Once, where it begins: with the outcome, and how long it took. */
  readonly answer: (outcome: Outcome, durationMs: number) => void;
  /** It begins; else it is given back, once. */
  readonly onBegin: () => void;
  readonly onBack: () => void;
}

export interface Given {
  readonly next: NextCall;
  readonly ticket: Ticket;
}

export class Ahead {
  /**
   * In turn, one for each call that runs at most. A process reads a ticket, if at all, between that
   * call and the next; so when that next one is over its ticket may be put again.
   */
  readonly #tickets: readonly [Ticket, Ticket];
  #turn: 0 | 1 = 0;
  #given: Given | undefined;
  /** One was given behind the call that runs: the process may be about to begin it. */
  #hasGiven = false;
  /** How many calls in a row have logged nothing. */
  #quietCount = 0;

  /** `folder` is the environment's; nothing stays in it. Throws what the machine says. */
  constructor(folder: string) {
    const first = new Ticket(`${folder}/.ahead`);
    try {
      this.#tickets = [first, new Ticket(`${folder}/.ahead`)];
    } catch (thrown) {
      first.close();
      throw thrown;
    }
  }

  /** Of the tickets, for the process. */
  get descriptors(): readonly number[] {
    return this.#tickets.map(({ descriptor }) => descriptor);
  }

  get takesOne(): boolean {
    return this.#quietCount >= quietCallsMin && !this.#hasGiven;
  }

  get hasOne(): boolean {
    return this.#given !== undefined;
  }

  /** The number of the ticket that lies ready for it; -1: the machine does not let it. */
  give(next: NextCall): number {
    assert(this.takesOne, "a call was given ahead where there is one, or may be none");
    const turn = this.#turn;
    const ticket = this.#tickets[turn];
    if (!ticket.put()) return -1;
    this.#turn = turn === 0 ? 1 : 0;
    this.#hasGiven = true;
    this.#given = { next, ticket };
    return turn;
  }

  /** False: there is none, or the process has begun it. */
  takeBack(): boolean {
    const given = this.#given;
    if (!given?.ticket.take()) return false;
    this.#given = undefined;
    given.next.onBack();
    return true;
  }

  /** A call has ended as one should that another follows at once. Gives that, if it is there. */
  noteQuiet(): Given | undefined {
    this.#quietCount += 1;
    this.#hasGiven = false;
    const given = this.#given;
    this.#given = undefined;
    return given;
  }

  /** A call has ended in another way: what was given is dropped by the process. */
  noteOther(): void {
    this.#quietCount = 0;
    this.#hasGiven = false;
    const given = this.#given;
    if (!given) return;
    this.#given = undefined;
    given.ticket.take();
    given.next.onBack();
  }

  /** The process is gone: gives the call back, or answers with one that it had begun. */
  end(): NextCall | undefined {
    const given = this.#given;
    const isBack = this.takeBack();
    this.#given = undefined;
    this.close();
    return isBack ? undefined : given?.next;
  }

  close(): void {
    for (const ticket of this.#tickets) ticket.close();
  }
}
