/**
 * The one way in for messages.
 *
 * A client's PUBLISH, a will, a rule's republish, the HTTP call and the broker's own events all end
 * here, so that a check made here cannot be stepped around by choosing another source.
 *
 * The steps stand in the only order that works: validity, then permission, and after that the topic
 * never changes. Retaining comes before matching, because somebody who subscribes between the two
 * then gets the message twice; the other order could give it to them zero times. Taps come last:
 * they may ask the publisher's acknowledgement to wait, but never hold up a room.
 */

import { topicNameProblem } from "@millrace/mqtt";
import { shortened, utf8 } from "../base/mod.ts";
import type { Change } from "../storage/mod.ts";
import type { Broker } from "./broker.ts";
import type { MessageSource } from "./counters.ts";
import { deliver } from "./delivery/deliver.ts";
import { boundedPart, isForOneRule } from "./ingest.ts";
import {
  accepted,
  acceptedUnmatched,
  type Message,
  type MessageProperties,
  type Origin,
  type PublishOutcome,
  type Refusal,
} from "./message.ts";
import { store } from "./session/session-store.ts";

type RefusedPublish = Extract<PublishOutcome, { accepted: false }>;

/**
 * Answers at once when nobody has to be waited for, else with a promise that never rejects: the
 * message is then accepted once every durable session and the retained store have it on disk and
 * every tap has dealt with it. `alongside` is stored with it, both or neither; `whenTold` after a
 * tap that had to be waited for, and before the message is accepted, which it is without, too.
 */
export function publish(
  broker: Broker,
  message: Message,
  alongside: readonly Change[] = [],
  whenTold?: () => readonly Change[],
): PublishOutcome | Promise<PublishOutcome> {
  const refused = refusalOf(broker, message);
  if (refused) return refused;
  broker.counters.published[sourceOf(message.origin)] += 1;
  if (isForOneRule(message.topic)) return ingest(broker, message);
  const waits: Promise<unknown>[] = [];
  // [MQTT-3.3.1-5] [MQTT-3.3.1-12] [MQTT5-3.3.1-5] [MQTT5-3.3.1-8]
  if (message.retain) waits.push(broker.retained.set(message));
  const reach = deliver(broker, message, alongside);
  if (reach.stored) waits.push(reach.stored);
  const toldCount = tellTaps(broker, message, waits);
  const outcome = reach.matched || toldCount > 0 ? accepted : acceptedUnmatched;
  if (waits.length === 0) return outcome;
  const settled = allOf(broker, waits, outcome);
  return toldCount > 0 && whenTold ? storedAfter(broker, settled, whenTold) : settled;
}

/** As `publish`, for a message that has been delivered, and taps may not have dealt with. */
export function tellAgain(
  broker: Broker,
  message: Message,
  whenTold: () => readonly Change[],
): PublishOutcome | Promise<PublishOutcome> {
  const refused = refusalOf(broker, message);
  if (refused) return refused;
  const waits: Promise<unknown>[] = [];
  if (tellTaps(broker, message, waits) === 0) return accepted;
  return storedAfter(broker, allOf(broker, waits, accepted), whenTold);
}

/** Answers with how many have to be waited for, which are then among `waits`. */
function tellTaps(broker: Broker, message: Message, waits: Promise<unknown>[]): number {
  let count = 0;
  for (const tap of broker.taps) {
    const told = tap(message);
    if (!told) continue;
    waits.push(told);
    count += 1;
  }
  return count;
}

async function storedAfter(
  broker: Broker,
  settled: Promise<PublishOutcome>,
  whenTold: () => readonly Change[],
): Promise<PublishOutcome> {
  const outcome = await settled;
  const changes = outcome.accepted ? whenTold() : [];
  if (changes.length === 0) return outcome;
  // Without them taps are told of it once more after a crash; the message itself is taken.
  await store(broker.records, changes).catch(broker.reportStorageError);
  return outcome;
}

/** A message for one rule alone: no delivery, and the acknowledgement waits for the rule. */
function ingest(broker: Broker, message: Message): PublishOutcome | Promise<PublishOutcome> {
  const told = broker.ingest?.(message);
  return told ? told.then(() => accepted) : accepted;
}

function sourceOf({ internal, ruleDepth, clientId }: Origin): MessageSource {
  if (internal) return "server";
  if (ruleDepth > 0) return "rule";
  return clientId === undefined ? "api" : "client";
}

/** Why a message may not come in, which is then counted; `undefined`: it may. */
export function refusalOf(broker: Broker, message: Message): RefusedPublish | undefined {
  const refused = findRefusal(broker, message);
  if (refused) broker.counters.refused[refused.refusal] += 1;
  return refused;
}

function findRefusal(broker: Broker, message: Message): RefusedPublish | undefined {
  const { topic, origin, payload } = message;
  const { payloadBytesMax } = broker.limits;
  // What the server says itself follows from what it has taken.
  if (payload.length > payloadBytesMax && !origin.internal) {
    broker.counters.bounds.payloadBytesMax += 1;
    const reason = `payload of ${payload.length} bytes, at most ${payloadBytesMax} are taken`;
    return refuse("payload-too-large", reason);
  }
  const known = broker.topics.knows(topic);
  const refused = known ? undefined : refusalOfTopic(broker, topic, origin.internal);
  if (refused) return refused;
  if (topic.startsWith("$") && !origin.internal) {
    const reserved = refusalOfReserved(broker, message);
    if (reserved) return reserved;
  }
  if (origin.access && !origin.access.mayPublish(topic, message.retain)) {
    const reason = `no policy allows to publish on topic "${shortened(topic)}"`;
    return refuse("not-authorized", reason);
  }
  const unfit = message.properties && refusalOfProperties(broker, message.properties);
  if (unfit) return unfit;
  return message.retain ? refusalToRetain(broker, message) : undefined;
}

function refusalOfReserved(broker: Broker, { topic, retain }: Message): RefusedPublish | undefined {
  const shown = shortened(topic);
  const isForRule = broker.ingest !== undefined && isForOneRule(topic);
  if (!isForRule && !broker.takesRequests(topic)) {
    const reason = `topic "${shown}" is reserved: clients may not publish to "$" topics`;
    return refuse("topic-reserved", reason);
  }
  if (!retain) return undefined;
  const what = isForRule ? "a message for one rule alone" : "a request to a service";
  return refuse("topic-reserved", `${what}, "${shown}", cannot be retained`);
}

/** The broker's own topics hold client ids, which may have more levels than clients may use. */
function refusalOfTopic(
  { limits, counters }: Broker,
  topic: string,
  internal = false,
): RefusedPublish | undefined {
  const problem = topicNameProblem(topic);
  if (problem) return refuse("topic-invalid", problem);
  if (internal) return undefined;
  const { topicLevelsMax, topicBytesMax } = limits;
  const bounded = boundedPart(topic);
  const levels = bounded.split("/").length;
  if (levels > topicLevelsMax) {
    counters.bounds.topicLevelsMax += 1;
    const reason = `topic has ${levels} levels, at most ${topicLevelsMax} are taken`;
    return refuse("topic-invalid", reason);
  }
  if (bounded.length * 3 <= topicBytesMax) return undefined;
  const bytes = utf8(bounded).length;
  if (bytes <= topicBytesMax) return undefined;
  counters.bounds.topicBytesMax += 1;
  return refuse("topic-invalid", `topic has ${bytes} bytes, at most ${topicBytesMax} are taken`);
}

/** Of a message or of a will. */
export function refusalOfProperties(
  broker: Broker,
  { contentType = "", responseTopic, correlationData, userProperties = [] }: MessageProperties,
): RefusedPublish | undefined {
  const { contentTypeBytesMax, correlationDataBytesMax, userPropertiesBytesMax } = broker.limits;
  if (!fits([contentType], contentTypeBytesMax)) {
    return tooLarge(broker, "the content type", "contentTypeBytesMax");
  }
  if (correlationData && correlationData.length > correlationDataBytesMax) {
    return tooLarge(broker, "the correlation data", "correlationDataBytesMax");
  }
  if (!fits(userProperties.flat(), userPropertiesBytesMax)) {
    return tooLarge(broker, "the user properties", "userPropertiesBytesMax");
  }
  const refused = responseTopic === undefined ? undefined : refusalOfTopic(broker, responseTopic);
  return refused && { ...refused, reason: `response topic: ${refused.reason}` };
}

/** Whether the texts together take at most so many bytes in UTF-8. */
function fits(texts: readonly string[], bytesMax: number): boolean {
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (length * 3 <= bytesMax) return true;
  return texts.reduce((sum, text) => sum + utf8(text).length, 0) <= bytesMax;
}

function tooLarge(
  { limits, counters }: Broker,
  what: string,
  bound: "contentTypeBytesMax" | "correlationDataBytesMax" | "userPropertiesBytesMax",
): RefusedPublish {
  counters.bounds[bound] += 1;
  return refuse("property-too-large", `${what} may have ${limits[bound]} bytes at most`);
}

function refusalToRetain(broker: Broker, message: Message): RefusedPublish | undefined {
  const { retainedTopicBytesMax } = broker.limits;
  const topicBytes = utf8(message.topic).length;
  if (topicBytes > retainedTopicBytesMax) {
    broker.counters.bounds.retainedTopicBytesMax += 1;
    const reason = `topic has ${topicBytes} bytes, at most ${retainedTopicBytesMax} to be retained`;
    return refuse("topic-invalid", reason);
  }
  const full = broker.retained.boundReachedBy(message);
  if (!full) return undefined;
  broker.counters.bounds[full] += 1;
  return refuse("quota-exceeded", "there is no room for another retained message");
}

function refuse(refusal: Refusal, reason: string): RefusedPublish {
  return { accepted: false, refusal, reason };
}

/** Most messages wait for one thing alone, often a rule; that need not be gathered with others. */
function allOf(
  broker: Broker,
  waits: readonly Promise<unknown>[],
  outcome: PublishOutcome,
): Promise<PublishOutcome> {
  const [first, ...others] = waits;
  if (first && others.length === 0) {
    return first.then(
      () => outcome,
      (reason) => notStored(broker, reason),
    );
  }
  return Promise.allSettled(waits).then((settled) => {
    const failed = settled.find(({ status }) => status === "rejected");
    return failed ? notStored(broker, (failed as PromiseRejectedResult).reason) : outcome;
  });
}

function notStored(broker: Broker, reason: unknown): PublishOutcome {
  broker.reportStorageError(reason);
  broker.counters.refused["not-stored"] += 1;
  return { accepted: false, refusal: "not-stored", reason: "the message could not be stored" };
}
