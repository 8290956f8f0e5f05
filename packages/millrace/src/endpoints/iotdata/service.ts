/**
 * iotdata, the data plane of the message broker and of shadows: which operation a method and a path
 * mean.
 *
 * Of AWS IoT's quotas those of the broker hold (`broker/presets/aws.ts`) and those of shadows
 * (`shadows/limits.ts`); those on calls a second do not, because they would only slow tests down.
 */

import {
  decodeLabel,
  isSigned,
  type RestTarget,
  restErrorAnswer,
  restTarget,
} from "../../aws/mod.ts";
import { httpFacts } from "../../identity/mod.ts";
import { admit, type Gate } from "../gate.ts";
import { operationName } from "../operation-name.ts";
import type { AdmittedCall, Call } from "../ports.ts";
import { answerOrFail } from "../unforeseen.ts";
import { answerOf, failure } from "./answers.ts";
import { deleteConnection } from "./DeleteConnection.ts";
import { deleteThingShadow } from "./DeleteThingShadow.ts";
import { getConnection } from "./GetConnection.ts";
import { getRetainedMessage } from "./GetRetainedMessage.ts";
import { getThingShadow } from "./GetThingShadow.ts";
import { listNamedShadowsForThing } from "./ListNamedShadowsForThing.ts";
import { listRetainedMessages } from "./ListRetainedMessages.ts";
import { listSubscriptions } from "./ListSubscriptions.ts";
import type { Operation, PublishCall } from "./operation.ts";
import { publish } from "./Publish.ts";
import { needsOf } from "./rights.ts";
import { sendDirectMessage } from "./SendDirectMessage.ts";
import { updateThingShadow } from "./UpdateThingShadow.ts";

interface Resource {
  /** With at most one group, the label. */
  readonly path: RegExp;
  readonly operations: Readonly<Record<string, Operation>>;
}

const resources: readonly Resource[] = [
  // SDKs encode the slashes of a topic; others send them bare.
  { path: /^\/topics\/(.*)$/s, operations: { POST: publish } },
  { path: /^\/retainedMessage$/, operations: { GET: listRetainedMessages } },
  { path: /^\/retainedMessage\/(.*)$/s, operations: { GET: getRetainedMessage } },
  {
    path: /^\/connections\/([^/]*)$/,
    operations: { GET: getConnection, DELETE: deleteConnection },
  },
  { path: /^\/connections\/([^/]*)\/subscriptions$/, operations: { GET: listSubscriptions } },
  { path: /^\/connections\/([^/]*)\/messages$/, operations: { POST: sendDirectMessage } },
  {
    path: /^\/things\/([^/]*)\/shadow$/,
    operations: { GET: getThingShadow, POST: updateThingShadow, DELETE: deleteThingShadow },
  },
  {
    path: /^\/api\/things\/shadow\/ListNamedShadowsForThing\/([^/]*)$/,
    operations: { GET: listNamedShadowsForThing },
  },
];

const forbidden = failure("ForbiddenException", "Forbidden");
const failed = failure("InternalFailureException", "An unexpected error has occurred.");

function fail({ requestId }: { readonly requestId: string }): Response {
  return answerOf(failed, requestId);
}

/** `undefined` when the path is none of this service's. */
export function answerIotData(call: Call, target: RestTarget): Promise<Response> | undefined {
  // Who does not sign may be somebody whom an authorizer knows.
  const isOpen = call.ports.trustsAnonymous;
  const published = isSigned(call.request) ? undefined : answerPublish(call, isOpen);
  if (published) return published;
  for (const { path, operations } of resources) {
    const match = path.exec(target.path);
    if (!match) continue;
    const matched = { operations, label: match[1] ?? "" };
    return admit(call, gate, (admitted) => perform(admitted, target, matched));
  }
  return undefined;
}

/**
 * A publish by whom a custom authorizer knows: `undefined` unless the request names one or brings
 * the default one's token, or there is a default one where nobody gets in without (`isOpen` false).
 */
export function answerPublish(
  call: Omit<PublishCall, "target" | "label" | "caller">,
  isOpen: boolean,
): Promise<Response> | undefined {
  const { request, requestId, ports } = call;
  if (request.method !== "POST") return undefined;
  const target = restTarget(request.url);
  const label = /^\/topics\/(.*)$/s.exec(target.path)?.[1];
  if (label === undefined) return undefined;
  if (!ports.authorizerGate.concernsHttp(httpFacts(request), isOpen)) return undefined;
  const answer = async () => answerOf(await publish({ ...call, target, label }), requestId);
  return answerOrFail(call, answer, fail);
}

/** Every operation that there is, by its name on the wire. */
export function operationNames(): string[] {
  return resources.flatMap(({ operations }) => Object.values(operations).map(operationName));
}

const gate: Gate = {
  services: ["iotdata", "iotdevicegateway"],
  refuse({ requestId }, { code: type, message }) {
    return restErrorAnswer({ status: 403, type, body: { message, traceId: requestId } }, requestId);
  },
  fail,
};

async function perform(
  call: AdmittedCall,
  target: RestTarget,
  { operations, label }: { operations: Resource["operations"]; label: string },
): Promise<Response> {
  const { method } = call.request;
  const operation = Object.hasOwn(operations, method) ? operations[method] : undefined;
  if (operation) {
    const named = { operation: operationName(operation), label: decodeLabel(label) ?? "" };
    const needs = needsOf({ ...named, query: target.query }, call.ports.identities.account);
    // Which action on which topic is for the log alone, as on AWS.
    const denied = call.refusal(needs) !== undefined;
    const outcome = denied ? forbidden : await operation({ ...call, target, label });
    return answerOf(outcome, call.requestId);
  }
  const message = `${method} "${target.path}" is not supported`;
  const answer = answerOf(failure("MethodNotAllowedException", message), call.requestId);
  answer.headers.set("allow", Object.keys(operations).join(", "));
  return answer;
}
