/**
 * The event buses of a deployment: what comes is matched by the rules of its bus, and for each
 * target of those that match there is a delivery.
 *
 * An event is accepted when every delivery that it makes is on disk; rules are matched as they are
 * at that moment. An event that no rule wants is accepted and gone, as on AWS.
 */

import {
  type Clock,
  counter,
  type Figure,
  type Figured,
  gauge,
  type Logger,
  newUuid,
  type Random,
  textOf,
  utf8,
} from "../../base/mod.ts";
import type { Records } from "../../storage/mod.ts";
import { BusCatalogue } from "./catalogue/catalogue.ts";
import { type BusDefinition, defaultBusName, type RuleDefinition } from "./definition.ts";
import { Deliveries, type DeliveryWish } from "./delivery/deliveries.ts";
import type { Delivery } from "./delivery/delivery.ts";
import { type Account, type BusEvent, eventOfText, isDetail, makeEvent } from "./event.ts";
import { busLimits } from "./limits.ts";
import type { BusPorts } from "./ports.ts";
import { busArn, type Rule } from "./rule.ts";
import type { Target } from "./target.ts";
import { Ticker } from "./ticker.ts";

export interface EventBusesOptions {
  readonly buses: readonly BusDefinition[];
  readonly rules: readonly RuleDefinition[];
  readonly records: Records;
  readonly account: Account;
  readonly ports: BusPorts;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

export interface EventEntry {
  readonly bus: string;
  readonly source: string;
  readonly detailType: string;
  /** JSON, a map. */
  readonly detail: string;
  readonly resources?: readonly string[] | undefined;
  /** Absent: now. */
  readonly timeMs?: number | undefined;
}

export type EntryOutcome =
  | { readonly ok: true; readonly eventId: string }
  | { readonly ok: false; readonly problem: "no-bus" | "detail" };

interface Routed {
  readonly outcome: EntryOutcome;
  readonly wishes: readonly DeliveryWish[];
}

export class EventBuses implements Figured {
  readonly catalogue: BusCatalogue;
  readonly #options: EventBusesOptions;
  readonly #deliveries: Deliveries;
  readonly #ticker: Ticker;
  readonly #started = Promise.withResolvers<void>();
  #acceptedCount = 0;
  #matchedCount = 0;
  #scheduledCount = 0;
  #tooLargeCount = 0;

  constructor(options: EventBusesOptions) {
    this.#options = options;
    this.catalogue = new BusCatalogue({ ...options, onChange: () => this.#ticker.arrange() });
    this.#ticker = new Ticker({
      ...options,
      rules: () => this.catalogue.rulesOf(defaultBusName),
      tick: (rule, timeMs) => this.#tick(rule, timeMs),
    });
    this.#deliveries = new Deliveries({
      ...options,
      deliver: (delivery, payload) => this.#deliver(delivery, payload),
    });
  }

  /** Brings back rules and what is still to be delivered. */
  async start(): Promise<void> {
    const { buses, rules } = this.#options;
    await this.catalogue.start(buses, rules);
    this.#started.resolve();
    await this.#deliveries.restore();
    this.#ticker.start();
  }

  /** When buses and rules are back. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  /** The name of the bus with that ARN; `undefined`: there is none here. */
  busOf(arn: string): string | undefined {
    const { account } = this.#options;
    return this.catalogue.buses.find(({ name }) => busArn(account, name) === arn)?.name;
  }

  /**
   * Answers for each entry when all that are accepted are durable. Rejects with a `WorldError`,
   * `TOO_MANY_DELIVERIES` among them, when none is.
   */
  async put(entries: readonly EventEntry[]): Promise<EntryOutcome[]> {
    await this.started;
    const routed = entries.map((entry) => this.#enter(entry));
    await this.#accept(routed.flatMap(({ wishes }) => wishes));
    const outcomes = routed.map(({ outcome }) => outcome);
    this.#acceptedCount += outcomes.filter(({ ok }) => ok).length;
    return outcomes;
  }

  figures(): readonly Figure[] {
    const { pendingCount, deliveredCount, givenUpCount, refusedCount } = this.#deliveries;
    return [
      counter("millrace_events_accepted_total", "Events that a bus took", this.#acceptedCount),
      counter("millrace_event_matches_total", "Events that a rule matched", this.#matchedCount),
      counter("millrace_events_scheduled_total", "Events of schedules", this.#scheduledCount),
      gauge(
        "millrace_event_deliveries_pending",
        "Deliveries to targets that are accepted and not over",
        pendingCount,
      ),
      counter("millrace_event_deliveries_total", "Deliveries that a target took", deliveredCount),
      counter(
        "millrace_event_deliveries_given_up_total",
        "Deliveries that failed for good, grew too old or became too large",
        givenUpCount + this.#tooLargeCount,
      ),
      counter(
        "millrace_event_deliveries_refused_total",
        "Deliveries that were not accepted because too many were pending",
        refusedCount,
      ),
    ];
  }

  async close(): Promise<void> {
    this.#started.resolve();
    this.#ticker.stop();
    await this.#deliveries.close();
  }

  #enter(entry: EventEntry): Routed {
    const { account, clock, random } = this.#options;
    if (!this.catalogue.bus(entry.bus)) return refused("no-bus");
    if (!isDetail(entry.detail)) return refused("detail");
    const { bus, timeMs = clock.now(), resources = [], ...rest } = entry;
    const event = makeEvent({ ...rest, timeMs, resources, id: newUuid(random) }, account);
    const wishes = this.#route(bus, event, 0);
    return { outcome: { ok: true, eventId: event.id }, wishes };
  }

  /** What a schedule sends goes to its own rule's targets. [EventBridge: Scheduled rules] */
  async #tick(rule: Rule, timeMs: number): Promise<void> {
    const { account, random } = this.#options;
    const id = newUuid(random);
    const scheduled = { source: "aws.events", detailType: "Scheduled Event", detail: "{}" };
    const event = makeEvent({ ...scheduled, id, timeMs, resources: [rule.arn] }, account);
    this.#scheduledCount += 1;
    await this.#accept(this.#wishesOf(rule, event, 0));
  }

  #route(bus: string, event: BusEvent, hops: number): DeliveryWish[] {
    const wishes: DeliveryWish[] = [];
    for (const { rule } of this.catalogue.rulesOf(bus)) {
      if (!rule?.definition.isEnabled || !rule.pattern?.matches(event.value)) continue;
      this.#matchedCount += 1;
      wishes.push(...this.#wishesOf(rule, event, hops));
    }
    return wishes;
  }

  #wishesOf(rule: Rule, event: BusEvent, hops: number): DeliveryWish[] {
    return rule.targets.flatMap((target) => {
      const wish = this.#wishOf({ rule, target, event, hops });
      return wish ? [wish] : [];
    });
  }

  #wishOf(met: Met): DeliveryWish | undefined {
    const { rule, target, event, hops } = met;
    const { definition, receiver, input } = target;
    const { name: ruleName } = rule.definition;
    const acceptedAtMs = this.#options.clock.now();
    const given = input({ event, ruleName, ruleArn: rule.arn, acceptedAtMs });
    if (given === undefined || given.length > busLimits.payloadCharactersMax) {
      this.#tooLargeCount += 1;
      const what = { rule: ruleName, target: definition.id, event: event.id };
      this.#options.logger.error("what a target should get of an event is too large", what);
      return undefined;
    }
    const { retry = {} } = definition;
    return {
      eventId: event.id,
      ruleName,
      ruleArn: rule.arn,
      targetId: definition.id,
      receiver,
      roleArn: definition.roleArn ?? rule.definition.roleArn,
      acceptedAtMs,
      attemptsMax: retry.attemptsMax ?? busLimits.retryAttemptsMax,
      ageSecondsMax: retry.ageSecondsMax ?? busLimits.eventAgeSecondsMax,
      hops,
      payload: utf8(receiver.kind === "function" ? jsonOf(given) : given),
    };
  }

  async #accept(wishes: readonly DeliveryWish[]): Promise<void> {
    if (wishes.length > 0) await this.#deliveries.accept(wishes);
  }

  async #deliver(delivery: Delivery, payload: Uint8Array): Promise<void> {
    const { receiver, ruleName, ruleArn, roleArn, hops } = delivery;
    const { ports, account } = this.#options;
    const by = { ruleName, ruleArn, roleArn };
    if (receiver.kind === "function") {
      return ports.callFunction({ ...receiver, payload }, by);
    }
    if (receiver.kind === "log") {
      return ports.writeLog({ groupName: receiver.groupName, message: textOf(payload) }, by);
    }
    const refusal = ports.busRefusal(busArn(account, receiver.name), by);
    if (refusal !== undefined) throw new Error(refusal);
    if (!this.catalogue.bus(receiver.name)) {
      throw new Error(`there is no event bus "${receiver.name}"`);
    }
    if (hops >= busLimits.hopsMax)
      throw new Error("event buses lead from one to the next too long");
    await this.#accept(this.#route(receiver.name, eventOfText(textOf(payload)), hops + 1));
  }
}

interface Met {
  readonly rule: Rule;
  readonly target: Target;
  readonly event: BusEvent;
  readonly hops: number;
}

function refused(problem: "no-bus" | "detail"): Routed {
  return { outcome: { ok: false, problem }, wishes: [] };
}

/** A function gets JSON: a template that is plain text becomes a text of JSON. */
function jsonOf(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text); // JSON.parse has no other way to say no
  }
}
