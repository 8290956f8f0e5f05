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
import { utf8 } from "../base/mod.ts";
import type { Change } from "../storage/mod.ts";
import type { Broker } from "./broker.ts";
import { deliver } from "./deliver.ts";
import { accepted, type Message, type PublishOutcome } from "./message.ts";

/**
 * Answers at once when nobody has to be waited for, else with a promise that never rejects: the
 * message is then accepted once every durable session and the retained store have it on disk and
 * every tap has dealt with it. `alongside` is stored with it, both or neither.
 */
export function publish(
  broker: Broker,
  message: Message,
  alongside: readonly Change[] = [],
): PublishOutcome | Promise<PublishOutcome> {
  if (!broker.topics.knows(message.topic) || message.topic.startsWith("$") || message.retain) {
    const refused = refusalOf(broker, message);
    if (refused) return refused;
  }
  const waits: Promise<unknown>[] = [];
  if (message.retain) waits.push(broker.retained.set(message));
  const stored = deliver(broker, message, alongside);
  if (stored) waits.push(stored);
  for (const tap of broker.taps) {
    const told = tap(message);
    if (told) waits.push(told);
  }
  return waits.length === 0 ? accepted : allOf(broker, waits);
}

function refusalOf(broker: Broker, message: Message): PublishOutcome | undefined {
  const { topic, origin } = message;
  const problem = topicNameProblem(topic);
  if (problem) return { accepted: false, refusal: "topic-invalid", reason: problem };
  const levels = topic.split("/").length;
  if (levels > broker.limits.topicLevelsMax) {
    const reason = `topic has ${levels} levels, at most ${broker.limits.topicLevelsMax} are taken`;
    return { accepted: false, refusal: "topic-invalid", reason };
  }
  if (topic.startsWith("$") && !origin.internal) {
    const reason = `topic "${topic}" is reserved: clients may not publish to "$" topics`;
    return { accepted: false, refusal: "topic-reserved", reason };
  }
  return message.retain ? refusalToRetain(broker, message) : undefined;
}

function refusalToRetain(broker: Broker, message: Message): PublishOutcome | undefined {
  const { retainedTopicBytesMax } = broker.limits;
  const topicBytes = utf8(message.topic).length;
  if (topicBytes > retainedTopicBytesMax) {
    const reason = `topic has ${topicBytes} bytes, at most ${retainedTopicBytesMax} to be retained`;
    return { accepted: false, refusal: "topic-invalid", reason };
  }
  if (broker.retained.hasRoomFor(message)) return undefined;
  const reason = "there is no room for another retained message";
  return { accepted: false, refusal: "not-stored", reason };
}

async function allOf(broker: Broker, waits: Promise<unknown>[]): Promise<PublishOutcome> {
  const failed = (await Promise.allSettled(waits)).find(({ status }) => status === "rejected");
  if (!failed) return accepted;
  const { reason } = failed as PromiseRejectedResult;
  broker.reportStorageError(reason);
  return { accepted: false, refusal: "not-stored", reason: "the message could not be stored" };
}
