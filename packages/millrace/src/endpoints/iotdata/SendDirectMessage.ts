/**
 * iotdata SendDirectMessage: `POST /connections/{clientId}/messages`, to one client that is
 * connected, whatever it has subscribed to.
 *
 * With `confirmation` it goes with QoS 1, and the answer waits for the client's PUBACK. Without one
 * in time the client may still have got it.
 */

import type { Clock } from "../../base/mod.ts";
import type { DirectOutcome } from "../../broker/mod.ts";
import { readBody } from "../body.ts";
import { Query } from "../query.ts";
import { type Failure, failure, type Outcome } from "./answers.ts";
import { checkTopic, readClientId } from "./labels.ts";
import { failureOf, payloadTooLarge, propertyMembers, readProperties } from "./message.ts";
import type { IotDataCall } from "./operation.ts";

const members = ["topic", "confirmation", "timeout", ...propertyMembers];
const timeoutBounds = { min: 1, max: 15 };
const timeoutDefaultSeconds = 5;

export async function sendDirectMessage(call: IotDataCall): Promise<Outcome> {
  const { request, client, ports, requestId } = call;
  const { broker, clock } = ports;
  const query = new Query(call, "SendDirectMessage", members);
  const confirmed = query.flag("confirmation");
  const given = confirmed ? query.integer("timeout", timeoutBounds) : undefined;
  const properties = readProperties(call, query);
  if (query.problem) return failure("InvalidRequestException", query.problem);
  const clientId = readClientId(call);
  if (typeof clientId !== "string") return clientId;
  const topic = checkTopic(query.text("topic") ?? "");
  if (typeof topic !== "string") return topic;
  const { payloadBytesMax } = broker.limits;
  const payload = await readBody(request, payloadBytesMax);
  if (!payload) return payloadTooLarge(payloadBytesMax);
  const origin = { clientId: undefined, sourceIp: client.ip, ruleDepth: 0 };
  const qos = confirmed ? 1 : 0;
  const message = { topic, payload, qos, retain: false, origin, properties } as const;
  const outcome = broker.sendDirect(clientId, message);
  if (!outcome.sent) return notSent(outcome, clientId);
  const seconds = given ?? timeoutDefaultSeconds;
  if (await inTime(outcome.acknowledged, clock, seconds * 1000)) {
    return { body: { message: "OK", traceId: requestId } };
  }
  const late = `Client "${clientId}" has not confirmed the message within ${seconds} seconds`;
  return failure("GatewayTimeoutException", late);
}

function notSent(outcome: Extract<DirectOutcome, { sent: false }>, clientId: string): Failure {
  if ("refused" in outcome) return failureOf(outcome.refused);
  switch (outcome.why) {
    case "not-connected":
      return failure("ResourceNotFoundException", `Client "${clientId}" is not connected`);
    case "not-authorized":
      return failure("ForbiddenException", `Client "${clientId}" may not receive on this topic`);
    case "packet-too-large":
      return failure(
        "RequestEntityTooLargeException",
        `Client "${clientId}" does not take packets of this size`,
      );
    default:
      return failure("ThrottlingException", `Client "${clientId}" is too slow to take it now`);
  }
}

/** False when `delayMs` have passed before the promise has resolved. */
async function inTime(promise: Promise<void>, clock: Clock, delayMs: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = clock.after(delayMs, () => resolve(false));
  const done = await Promise.race([promise.then(() => true), late]);
  timer.cancel();
  return done;
}
