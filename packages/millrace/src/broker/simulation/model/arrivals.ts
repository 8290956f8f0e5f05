/**
 * What the model says about one PUBLISH that has come to a client: rules M1 to M3, M5, M6, M9, M10.
 */

import type { QoS } from "../../mod.ts";
import type { ConnectionModel } from "./connection-model.ts";
import {
  hasExpired,
  type Messages,
  type Moment,
  never,
  type SimulatedMessage,
} from "./messages.ts";
import type { Reading, RetainedModel } from "./retained.ts";
import type { SessionModel } from "./session-model.ts";
import type { GrantRange } from "./subscriptions.ts";
import type { Wills } from "./wills.ts";

export interface Arrival {
  readonly topic: string;
  readonly payload: string;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly dup: boolean;
  /** MQTT 5: the filters whose subscription identifiers it has. */
  readonly identified: readonly string[];
}

export interface Knowledge {
  readonly messages: Messages;
  readonly retained: RetainedModel;
  readonly wills: Wills;
  /** Whatever was sent before is over. */
  readonly settledAt: () => Moment;
  readonly fail: (rule: string, what: string) => void;
}

interface Seen {
  readonly session: SessionModel;
  readonly connection: ConnectionModel;
  readonly arrival: Arrival;
  readonly where: string;
  readonly now: Moment;
  readonly nowMs: number;
}

export class ArrivalRules {
  readonly #knowledge: Knowledge;

  constructor(knowledge: Knowledge) {
    this.#knowledge = knowledge;
  }

  /** A PUBLISH that is no repetition of what the client holds already. */
  check(connection: ConnectionModel, arrival: Arrival, now: Moment, nowMs: number): void {
    const { session } = connection;
    const { fail, messages } = this.#knowledge;
    const where = `"${arrival.payload.split(" ")[0]}" at ${connection.clientId}`;
    if (!session) {
      fail("M2", `${where} before CONNACK`);
      return;
    }
    const seen = { session, connection, arrival, where, now, nowMs };
    if (arrival.payload === "") {
      this.#checkEmpty(seen);
      return;
    }
    const message = messages.find(arrival.payload);
    if (message?.topic !== arrival.topic) fail("M1", `${where} was never published there`);
    else if (message.void) fail(message.isWill ? "M10" : "M8", `${where} is of no effect`);
    else if (message.sentAt === never || this.#knowledge.wills.isEarly(message)) {
      fail(message.isWill ? "M10" : "M1", `${where} was not to be published`);
    } else if (arrival.retain && this.#mayBeRetained(seen, message))
      session.arrivedRetained(message);
    else this.#checkLive(seen, message);
  }

  #checkLive({ session, connection, arrival, where, now, nowMs }: Seen, message: SimulatedMessage) {
    const { fail, settledAt } = this.#knowledge;
    if (message.sentAt < settledAt()) fail("M15", `${where} came again long after it was over`);
    const direct = session.grantOf(message, now);
    const shared = [...session.subscriptions.shares]
      .map((share) => session.grantOf(message, now, share))
      .filter(({ highest }) => highest >= 0);
    if (arrival.retain && ![direct, ...shared].some(({ mayKeepRetain }) => mayKeepRetain)) {
      fail("M9", `${where} is not what is retained on "${arrival.topic}"`);
      return;
    }
    // What comes through a share may have been another member's before, with that one's QoS.
    const handedOn = shared.map((grant) => ({ ...grant, lowest: 0 as const }));
    const problem = problemOfQos(arrival.qos, message.qos, [direct, ...handedOn]);
    if (problem) fail(problem.rule, `${where} on "${arrival.topic}" ${problem.what}`);
    if (!arrival.dup && hasExpired(message, connection.sentAtMs)) {
      fail("M9", `${where} had expired when its client came back`);
    }
    if (message.sentAt <= session.blindUntil || nowMs < 0) return;
    const { arrivals, isLate } = session.arrived(message, arrival.qos);
    const copies = arrival.qos === 2 ? arrivals.withQos2 : message.qos === 0 ? arrivals.count : 1;
    if (copies > 1 + shared.length) fail("M5", `${where} came again, QoS ${arrival.qos}`);
    const lasts = message.expirySeconds === undefined && !session.overflowTold;
    // What was first granted QoS 0 may have been lost, and be shown by a repetition alone. And what
    // was on its way with another QoS when a crash met it was in no order with those of this one.
    const lowest = Math.min(message.qos, direct.lowest);
    const oneQos = lowest === Math.min(message.qos, direct.highest);
    const inOrder = shared.length === 0 && lowest >= Math.min(message.qos, 1) && oneQos && lasts;
    if (isLate && inOrder) fail("M6", `${where} came behind a later one`);
  }

  /** A message without payload has no name: that it may be one of those sent is all there is. */
  #checkEmpty({ session, arrival: { topic }, where, now }: Seen): void {
    const isKnown = this.#knowledge.messages.all.some((message) => {
      if (message.topic !== topic || message.payload !== "" || message.sentAt === never)
        return false;
      const shares = [undefined, ...session.subscriptions.shares];
      return shares.some((share) => session.grantOf(message, now, share).highest >= 0);
    });
    if (!isKnown) this.#knowledge.fail("M2", `${where} on "${topic}" without payload`);
  }

  #mayBeRetained({ session, arrival, now, nowMs }: Seen, message: SimulatedMessage): boolean {
    const { retained } = this.#knowledge;
    if (!message.retain) return false;
    const readings: Reading[] = session
      .readsOf(arrival.topic)
      .map(({ from, fromMs }) => ({ from, fromMs, to: now, toMs: nowMs }));
    return readings.some((reading) => retained.mayFind(message, reading));
  }
}

/** The first of M2 and M3 that does not hold. */
function problemOfQos(qos: QoS, published: QoS, grants: readonly GrantRange[]) {
  const highest = Math.max(...grants.map((grant) => grant.highest));
  if (highest < 0) return { rule: "M2", what: "is not subscribed" };
  const possible = grants.filter((grant) => grant.highest >= 0);
  const lowest = Math.min(...possible.map((grant) => Math.max(grant.lowest, 0)));
  const fits = qos >= Math.min(published, lowest) && qos <= Math.min(published, highest);
  return fits ? undefined : { rule: "M3", what: `came with QoS ${qos}` };
}
