/**
 * iotdata Publish: `POST /topics/{topic}`, the payload as it is in the body.
 *
 * The topic is decoded once and then exactly that; SDKs encode its slashes. Of slashes and dots
 * sent bare, the HTTP server has resolved `..` before the door sees them. Members that only MQTT 5
 * could carry are refused by name.
 */

import { topicNameProblem } from "@millrace/mqtt";
import { decodeLabel, type RestError, type RestTarget, restErrorAnswer } from "../../aws/mod.ts";
import { WorldError } from "../../base/mod.ts";
import type { PublishOutcome } from "../../broker/mod.ts";
import { readBody } from "../body.ts";
import type { Call } from "../ports.ts";

export const publishPath = /^\/topics\//;

const knownMembers: ReadonlySet<string> = new Set(["qos", "retain"]);

export async function publish(call: Call, target: RestTarget): Promise<Response> {
  const { request, client, ports } = call;
  const read = readMembers(request, target);
  if ("refusal" in read) return refuse(call, invalidRequest(read.refusal));
  const payload = await readBody(request, ports.payloadBytesMax);
  if (!payload) return refuse(call, tooLarge(ports.payloadBytesMax));
  const origin = { clientId: undefined, sourceIp: client.ip, ruleDepth: 0 };
  try {
    const outcome = await ports.publish({ ...read, payload, origin });
    if (!outcome.accepted) return refuse(call, notAccepted(outcome));
  } catch (thrown) {
    if (!(thrown instanceof WorldError)) throw thrown;
    ports.logger.error("publish failed", { code: thrown.code, message: thrown.message });
    return refuse(call, unavailable(thrown.message));
  }
  const answer = Response.json({ message: "OK", traceId: call.requestId });
  answer.headers.set("x-amzn-requestid", call.requestId);
  return answer;
}

interface Members {
  readonly topic: string;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

function readMembers(request: Request, target: RestTarget): Members | { refusal: string } {
  const unknown =
    [...target.query.keys()].find((name) => !knownMembers.has(name)) ??
    [...request.headers.keys()].find((name) => name.startsWith("x-amz-mqtt5-"));
  if (unknown) return { refusal: `"${unknown}" of Publish is not implemented` };
  const topic = decodeLabel(target.path.replace(publishPath, ""));
  if (topic === undefined) return { refusal: "The topic is not percent-encoded UTF-8" };
  const problem = topicNameProblem(topic);
  if (problem) return { refusal: `The topic "${topic}" is not valid: ${problem}` };
  const qos = target.query.get("qos") ?? "0";
  if (qos !== "0" && qos !== "1") return { refusal: `qos "${qos}" is neither 0 nor 1` };
  const retain = target.query.get("retain") ?? "false";
  if (retain !== "true" && retain !== "false") {
    return { refusal: `retain "${retain}" is neither true nor false` };
  }
  return { topic, qos: qos === "1" ? 1 : 0, retain: retain === "true" };
}

type Failure = Omit<RestError, "body"> & { readonly message: string };

function refuse({ requestId }: Call, { message, ...error }: Failure): Response {
  return restErrorAnswer({ ...error, body: { message, traceId: requestId } }, requestId);
}

function notAccepted({ refusal, reason }: Extract<PublishOutcome, { accepted: false }>): Failure {
  switch (refusal) {
    case "not-stored":
      return unavailable(reason);
    case "topic-invalid":
    case "topic-reserved":
      return invalidRequest(reason);
    case "not-authorized":
      return { status: 403, type: "ForbiddenException", message: reason };
    case "payload-too-large":
      return { status: 413, type: "RequestEntityTooLargeException", message: reason };
    case "quota-exceeded":
      return { status: 429, type: "ThrottlingException", message: reason };
  }
}

function invalidRequest(message: string): Failure {
  return { status: 400, type: "InvalidRequestException", message };
}

function tooLarge(bytesMax: number): Failure {
  const message = `The payload is larger than ${bytesMax} bytes`;
  return { status: 413, type: "RequestEntityTooLargeException", message };
}

function unavailable(reason: string): Failure {
  return { status: 503, type: "ServiceUnavailableException", message: reason };
}
