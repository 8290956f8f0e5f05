/** The subscriptions that the server has granted, to be renewed on each new connection. */

import type { Qos } from "../packets/publish.ts";
import type { Subscription } from "../packets/subscribe.ts";
import { subackFailure } from "../return-codes.ts";
import { filtersPerSubscribeMax } from "./limits.ts";
import type { Answer, Renewal } from "./requests.ts";

/** QoS 2 is not spoken. */
export type ClientQos = Exclude<Qos, 2>;

export class Subscriptions {
  readonly #granted = new Map<string, ClientQos>();
  readonly #report: (problem: unknown) => void;

  constructor(report: (problem: unknown) => void) {
    this.#report = report;
  }

  /** Remembers `filter` and answers the granted QoS; throws when the server has refused it. */
  granted(filter: string, qos: ClientQos, answer: Answer): number {
    const code = returnCodeAt(answer, 0);
    if (code === subackFailure) throw new Error(`the server refuses to subscribe to "${filter}"`);
    this.#granted.set(filter, qos);
    return code;
  }

  forget(filter: string): void {
    this.#granted.delete(filter);
  }

  /** One that is refused now, though it was granted before, is forgotten and reported. */
  renewals(): Renewal[] {
    const all = Array.from(this.#granted, ([filter, qos]) => ({ filter, qos }));
    const renewals: Renewal[] = [];
    for (let at = 0; at < all.length; at += filtersPerSubscribeMax) {
      const subscriptions = all.slice(at, at + filtersPerSubscribeMax);
      renewals.push({
        build: (packetId) => ({ type: "subscribe", packetId, subscriptions }),
        answered: (answer) => this.#renewed(subscriptions, answer),
      });
    }
    return renewals;
  }

  #renewed(subscriptions: readonly Subscription[], answer: Answer): void {
    for (const [at, { filter }] of subscriptions.entries()) {
      if (returnCodeAt(answer, at) !== subackFailure) continue;
      this.forget(filter);
      this.#report(new Error(`the server refuses to renew the subscription to "${filter}"`));
    }
  }
}

/** A code that the answer lacks counts as a refusal. */
function returnCodeAt(answer: Answer, at: number): number {
  return answer.type === "suback" ? (answer.returnCodes[at] ?? subackFailure) : subackFailure;
}
