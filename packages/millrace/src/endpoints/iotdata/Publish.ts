/**
 * iotdata Publish: `POST /topics/{topic}`, the payload as it is in the body.
 *
 * The topic is decoded once and then exactly that; SDKs encode its slashes. Of slashes and dots
 * sent bare, the HTTP server has resolved `..` before the door sees them. Before the house is ready
 * nothing is taken: the rules, and what they need, may not be back yet.
 */

import { readBody } from "../body.ts";
import { Query } from "../query.ts";
import { failure, type Outcome } from "./answers.ts";
import { authorizePublish } from "./custom-authorization.ts";
import { readTopic } from "./labels.ts";
import { failureOf, payloadTooLarge, propertyMembers, readProperties } from "./message.ts";
import type { PublishCall } from "./operation.ts";

const members = ["qos", "retain", "messageExpiry", ...propertyMembers];
const secondsBounds = { min: 0, max: Number.MAX_SAFE_INTEGER };

export async function publish(call: PublishCall): Promise<Outcome> {
  const { request, client, ports, requestId } = call;
  const { broker } = ports;
  if (ports.missing().length > 0) {
    return failure("ServiceUnavailableException", "The server is not ready yet");
  }
  const authorized = call.caller ? undefined : await authorizePublish(call);
  if (authorized && "type" in authorized) return authorized;
  const known = [...members, ...(authorized?.members ?? [])];
  const query = new Query(call, "Publish", known);
  const qos = query.integer("qos", { min: 0, max: 1 }) === 1 ? 1 : 0;
  const retain = query.flag("retain");
  const seconds = query.integer("messageExpiry", secondsBounds);
  const properties = readProperties(call, query);
  if (query.problem) return failure("InvalidRequestException", query.problem);
  const topic = readTopic(call);
  if (typeof topic !== "string") return topic;
  const { payloadBytesMax } = broker.limits;
  const payload = await readBody(request, payloadBytesMax);
  if (!payload) return payloadTooLarge(payloadBytesMax);
  // What a caller that has signed may do has been asked already.
  const { principal, access } = authorized ?? { principal: call.caller?.name };
  const origin = { principal, access, sourceIp: client.ip, ruleDepth: 0 };
  const expiresAtMs = seconds === undefined ? undefined : broker.expiresAtMs(seconds);
  const message = { topic, payload, qos, retain, origin, properties, expiresAtMs } as const;
  const outcome = await broker.publish(message);
  return outcome.accepted ? { body: { message: "OK", traceId: requestId } } : failureOf(outcome);
}
