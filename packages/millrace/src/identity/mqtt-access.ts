/**
 * What a caller may do on the message broker: `iot:Connect`, and what the broker asks about each
 * topic and filter afterwards.
 *
 * A decision that is the same for everyone with the same policies is made once for all of them
 * (`SharedDecisions`); a message to a room of a thousand guests costs one look-up and comparisons
 * of two strings. Only where a variable or a condition could matter is the connection's own bound
 * set asked. What is refused is told to `denials`; the broker says it to the client.
 */

import type { Clock } from "../base/mod.ts";
import {
  type BoundPolicySet,
  bindPolicySet,
  type ContextKeys,
  type Decision,
  type SharedDecision,
  type SharedDecisions,
  timeKeys,
} from "../policy/mod.ts";
import type { Asker } from "./caller.ts";
import type { AccountFacts } from "./definitions.ts";
import type { Denials } from "./denials.ts";
import type { ConnectionThing } from "./things/things.ts";

export interface MqttAccessOptions {
  readonly account: AccountFacts;
  readonly denials: Denials;
  readonly clock: Clock;
}

/** What a CONNECT says of itself. */
export interface ConnectFacts {
  readonly clientId: string;
  /** The session outlives the connection. */
  readonly persistent: boolean;
  readonly willTopic: string | undefined;
}

/** As the broker's `Access` and `Admission` have it. */
export interface TopicAccess {
  mayPublish(topic: string, retain: boolean): boolean;
  maySubscribe(filter: string): boolean;
  mayReceive(topic: string): boolean;
}

export type Admitted = {
  readonly principal: string;
  /** Absent: of none. */
  readonly thing?: ConnectionThing | undefined;
} & ({ readonly allowed: true; readonly access: TopicAccess } | { readonly allowed: false });

export class MqttAccess {
  readonly arnPrefix: string;
  readonly options: MqttAccessOptions;
  readonly #gates = new WeakMap<SharedDecisions, ReceiveGate>();

  constructor(options: MqttAccessOptions) {
    const { partition, region, accountId } = options.account;
    this.arnPrefix = `arn:${partition}:iot:${region}:${accountId}:`;
    this.options = options;
  }

  /** Asks for `iot:Connect`; whether the will may be published is asked of the access. */
  admit(caller: Asker, { clientId, persistent, willTopic }: ConnectFacts): Admitted {
    const { name: principal } = caller;
    const access = new ConnectionAccess(this, caller, clientId);
    const keys: ContextKeys = {
      "iot:ConnectAttributes": [
        ...(persistent ? ["PersistentConnect"] : []),
        ...(willTopic === undefined ? [] : ["LastWill"]),
      ],
      // [IoT: connect policy examples, ArnEquals]
      "iot:LastWillTopic": willTopic === undefined ? [] : `${this.arnPrefix}topic/${willTopic}`,
    };
    return access.mayConnect(keys)
      ? { allowed: true, principal, access }
      : { allowed: false, principal };
  }

  /** Of a client that is let in already, with policies that have changed. */
  accessOf(caller: Asker, clientId: string): TopicAccess {
    return new ConnectionAccess(this, caller, clientId);
  }

  /** Of a request over HTTP, which has no client id. */
  forRequests(caller: Asker): TopicAccess {
    return new ConnectionAccess(this, caller, undefined);
  }

  /** One for all connections with the same policies. */
  gateOf(decisions: SharedDecisions): ReceiveGate {
    let gate = this.#gates.get(decisions);
    if (!gate) {
      gate = new ReceiveGate(decisions, this.arnPrefix);
      this.#gates.set(decisions, gate);
    }
    return gate;
  }
}

/** `iot:Receive` for everyone with the same policies; remembers the message at hand. */
class ReceiveGate {
  readonly #decisions: SharedDecisions;
  readonly #prefix: string;
  #topic: string | undefined;
  #decision: SharedDecision = "depends";

  constructor(decisions: SharedDecisions, arnPrefix: string) {
    this.#decisions = decisions;
    this.#prefix = `${arnPrefix}topic/`;
  }

  of(topic: string): SharedDecision {
    if (topic === this.#topic) return this.#decision;
    this.#decision = this.#decisions.of("iot:Receive", this.#prefix + topic);
    this.#topic = topic;
    return this.#decision;
  }
}

class ConnectionAccess implements TopicAccess {
  readonly #house: MqttAccess;
  readonly #caller: Asker;
  readonly #clientId: string | undefined;
  readonly #keys: ContextKeys;
  readonly #bound: BoundPolicySet;
  readonly #gate: ReceiveGate;

  constructor(house: MqttAccess, caller: Asker, clientId: string | undefined) {
    this.#house = house;
    this.#caller = caller;
    this.#clientId = clientId;
    this.#keys = {
      // Who is no thing stays none, whatever a request says; who is one says so itself.
      "iot:Connection.Thing.ThingName": [],
      "iot:Connection.Thing.IsAttached": "false",
      ...caller.keys,
      "iot:ClientId": clientId ?? [],
    };
    this.#bound = bindPolicySet(caller.policies, this.#keys, caller.principal);
    this.#gate = house.gateOf(caller.decisions);
  }

  mayConnect(keys: ContextKeys): boolean {
    return this.#allows("iot:Connect", `client/${this.#clientId}`, keys);
  }

  mayPublish(topic: string, retain: boolean): boolean {
    const resource = `topic/${topic}`;
    const allowed = this.#allows("iot:Publish", resource);
    return allowed && (!retain || this.#allows("iot:RetainPublish", resource));
  }

  maySubscribe(filter: string): boolean {
    return this.#allows("iot:Subscribe", `topicfilter/${filter}`);
  }

  mayReceive(topic: string): boolean {
    const shared = this.#gate.of(topic);
    if (shared !== "depends" && shared.outcome === "allowed") return true;
    const resource = `${this.#house.arnPrefix}topic/${topic}`;
    return this.#settle("iot:Receive", resource, shared);
  }

  #allows(action: string, resourcePart: string, keys?: ContextKeys): boolean {
    const resource = this.#house.arnPrefix + resourcePart;
    return this.#settle(action, resource, this.#caller.decisions.of(action, resource), keys);
  }

  #settle(
    action: string,
    resource: string,
    shared: SharedDecision,
    keys: ContextKeys = {},
  ): boolean {
    if (shared !== "depends" && shared.outcome === "allowed") return true;
    const request = { ...keys, ...timeKeys(this.#house.options.clock.now()) };
    const decision: Decision =
      shared === "depends" ? this.#bound.decide(action, resource, request) : shared;
    if (decision.outcome === "allowed") return true;
    this.#house.options.denials.report({
      caller: this.#caller,
      via: "mqtt",
      clientId: this.#clientId,
      action,
      resource,
      keys: { ...request, ...this.#keys },
    });
    return false;
  }
}
