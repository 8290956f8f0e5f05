/**
 * What a client is subscribed to, and what it still has to hear about it.
 *
 * A SUBSCRIBE or UNSUBSCRIBE without an answer is asked again on the next connection; until then
 * the subscription counts as perhaps there, perhaps not.
 */

import type { Packet, Suback, Unsuback } from "@millrace/mqtt";
import type { History, Life, Period } from "./history.ts";
import type { Plan, Wish } from "./plan.ts";
import type { Random } from "./random.ts";

/** Apart from the packet ids of messages. */
const packetIdMin = 60_001;
const packetIdMax = 65_535;

const refusalMin = 0x80;

export class Subscriptions {
  readonly #plan: Plan;
  readonly #history: History;
  readonly #random: Random;
  readonly #asked = new Map<number, Period[]>();
  #packetId = packetIdMin;
  #periods: Period[] = [];
  #send: (packet: Packet) => void = () => {};

  constructor(plan: Plan, history: History, random: Random) {
    this.#plan = plan;
    this.#history = history;
    this.#random = random;
  }

  /** Everything that is wished for is granted, and nothing is on its way. */
  get isSettled(): boolean {
    return this.#asked.size === 0 && this.#ungranted().length === 0;
  }

  /** A connection is there, with the session of `life`; asks what is not answered yet. */
  connected(send: (packet: Packet) => void, life: Life): void {
    this.#send = send;
    this.#asked.clear();
    this.#periods = life.periods;
    this.#leave(this.#periods.filter(inQuestion));
    this.joinAll();
  }

  /** Subscribes to all that is wished for and not granted yet, in one packet or in several. */
  joinAll(): void {
    const asked = [...this.#asked.values()].flat();
    // What is being left must be gone before it is asked for again.
    const wishes = this.#ungranted().filter(
      (wish) => !asked.some(({ filter }) => filter === wish.filter),
    );
    // A packet has one subscription identifier, and each filter is to have its own.
    const atOnceMax = this.#plan.protocolLevel === 5 ? 1 : 4;
    while (wishes.length > 0) this.#join(wishes.splice(0, this.#random.between(1, atOnceMax)));
  }

  /** Asks once more for something that is granted: the server answers as if it were new. */
  joinAgain(): void {
    const granted = this.#periods.filter((one) => isCurrent(one) && one.grantedAt > 0);
    if (granted.length > 0) this.#join([this.#random.pick(granted)]);
  }

  /** Leaves one that need not stay. */
  leaveOne(): void {
    const stays = (filter: string) =>
      this.#plan.wishes.some((wish) => wish.filter === filter && wish.stays);
    const leavable = this.#periods.filter(
      (one) => isCurrent(one) && one.grantedAt > 0 && !stays(one.filter),
    );
    if (leavable.length > 0) this.#leave([this.#random.pick(leavable)]);
  }

  granted({ packetId, returnCodes }: Suback): void {
    const periods = this.#answeredBy(packetId, `suback ${packetId} ${returnCodes}`);
    for (const [index, period] of periods.entries()) {
      const code = returnCodes[index] ?? refusalMin;
      if (code === period.qos) period.grantedAt ||= this.#history.tick;
      else this.#violate(`"${period.filter}" asked with ${period.qos}, granted ${code}`);
    }
  }

  left({ packetId }: Unsuback): void {
    for (const period of this.#answeredBy(packetId, `unsuback ${packetId}`)) {
      period.leftAt ||= this.#history.tick;
    }
  }

  #ungranted(): Wish[] {
    return this.#plan.wishes.filter(({ filter }) => {
      const periods = this.#periods.filter((one) => one.filter === filter);
      return !periods.some((one) => isCurrent(one) && one.grantedAt > 0);
    });
  }

  #join(wishes: readonly Pick<Wish, "filter" | "qos">[]): void {
    const packetId = this.#takePacketId();
    const filters = wishes.map(({ filter }) => filter);
    const tick = this.#history.note(this.#plan.clientId, `> subscribe ${packetId} ${filters}`);
    const periods = wishes.map((wish) => this.#periodOf(wish, tick));
    this.#asked.set(packetId, periods);
    const subscriptions = wishes.map(({ filter, qos }) => ({ filter, qos }));
    const identifier = periods[0]?.identifier;
    const properties = identifier ? { subscriptionIdentifiers: [identifier] } : undefined;
    this.#send({ type: "subscribe", packetId, subscriptions, properties });
  }

  /** The one that goes on, or a new one. */
  #periodOf({ filter, qos }: Pick<Wish, "filter" | "qos">, askedAt: number): Period {
    const current = this.#periods.find((one) => one.filter === filter && isCurrent(one));
    if (current) return current;
    const place = this.#plan.wishes.findIndex((wish) => wish.filter === filter) + 1;
    const identifier = this.#plan.protocolLevel === 5 ? place : undefined;
    const period = { filter, qos, identifier, askedAt, grantedAt: 0, leavingAt: 0, leftAt: 0 };
    this.#periods.push(period);
    return period;
  }

  #leave(periods: readonly Period[]): void {
    if (periods.length === 0) return;
    const packetId = this.#takePacketId();
    const filters = periods.map(({ filter }) => filter);
    const tick = this.#history.note(this.#plan.clientId, `> unsubscribe ${packetId} ${filters}`);
    for (const period of periods) period.leavingAt ||= tick;
    this.#asked.set(packetId, [...periods]);
    this.#send({ type: "unsubscribe", packetId, filters });
  }

  #answeredBy(packetId: number, what: string): Period[] {
    this.#history.note(this.#plan.clientId, `< ${what}`);
    const periods = this.#asked.get(packetId);
    this.#asked.delete(packetId);
    if (!periods) this.#violate(`${what} answers nothing that was asked`);
    return periods ?? [];
  }

  #takePacketId(): number {
    const packetId = this.#packetId;
    this.#packetId = packetId === packetIdMax ? packetIdMin : packetId + 1;
    return packetId;
  }

  #violate(text: string): void {
    this.#history.violate("subscriptions", text, [this.#plan.clientId]);
  }
}

function isCurrent({ leavingAt }: Period): boolean {
  return leavingAt === 0;
}

/** Left, and not confirmed. */
function inQuestion({ leavingAt, leftAt }: Period): boolean {
  return leavingAt > 0 && leftAt === 0;
}
