/**
 * iot, the control plane of rules and devices: which operation a method and a path mean.
 *
 * Jobs, billing groups, audits and all the rest of AWS IoT's control plane are not here; each of
 * their operations is refused by its name.
 */

import { decodeLabel, type RestTarget, restErrorAnswer, signedService } from "../../aws/mod.ts";
import { keepBody, parseJson } from "../body.ts";
import { admit, type Gate } from "../gate.ts";
import { iotBodyBytesMax } from "../limits.ts";
import { operationName } from "../operation-name.ts";
import type { AdmittedCall, Call } from "../ports.ts";
import { membersOf } from "../rights.ts";
import { answerOf, failure, type Outcome } from "./answers.ts";
import { authorizerResources } from "./authorizer-resources.ts";
import { confirmTopicRuleDestination } from "./ConfirmTopicRuleDestination.ts";
import { createTopicRule } from "./CreateTopicRule.ts";
import { createTopicRuleDestination } from "./CreateTopicRuleDestination.ts";
import { certificateResources } from "./certificates/resources.ts";
import { deleteTopicRule } from "./DeleteTopicRule.ts";
import { deleteTopicRuleDestination } from "./DeleteTopicRuleDestination.ts";
import { describeEndpoint } from "./DescribeEndpoint.ts";
import { disableTopicRule } from "./DisableTopicRule.ts";
import { enableTopicRule } from "./EnableTopicRule.ts";
import { getTopicRule } from "./GetTopicRule.ts";
import { getTopicRuleDestination } from "./GetTopicRuleDestination.ts";
import { listTagsForResource } from "./ListTagsForResource.ts";
import { listTopicRuleDestinations } from "./ListTopicRuleDestinations.ts";
import { listTopicRules } from "./ListTopicRules.ts";
import { missingOperation } from "./missing-operations.ts";
import type { Operation, Resource } from "./operation.ts";
import { policyResources } from "./policies/resources.ts";
import { replaceTopicRule } from "./ReplaceTopicRule.ts";
import { needsOf } from "./rights.ts";
import { tagResource } from "./TagResource.ts";
import { thingGroupResources } from "./thing-groups/resources.ts";
import { thingResources } from "./things/resources.ts";
import { untagResource } from "./UntagResource.ts";
import { updateTopicRuleDestination } from "./UpdateTopicRuleDestination.ts";

const resources: readonly Resource[] = [
  { path: /^\/rules$/, operations: { GET: listTopicRules } },
  {
    path: /^\/rules\/([^/]*)$/,
    operations: {
      POST: createTopicRule,
      PATCH: replaceTopicRule,
      GET: getTopicRule,
      DELETE: deleteTopicRule,
    },
  },
  { path: /^\/rules\/([^/]*)\/enable$/, operations: { POST: enableTopicRule } },
  { path: /^\/rules\/([^/]*)\/disable$/, operations: { POST: disableTopicRule } },
  {
    path: /^\/destinations$/,
    operations: {
      POST: createTopicRuleDestination,
      GET: listTopicRuleDestinations,
      PATCH: updateTopicRuleDestination,
    },
  },
  {
    path: /^\/destinations\/(.+)$/,
    operations: { GET: getTopicRuleDestination, DELETE: deleteTopicRuleDestination },
  },
  { path: /^\/confirmdestination\/(.+)$/, operations: { GET: confirmTopicRuleDestination } },
  { path: /^\/tags$/, operations: { GET: listTagsForResource, POST: tagResource } },
  { path: /^\/untag$/, operations: { POST: untagResource } },
  { path: /^\/endpoint$/, operations: { GET: describeEndpoint } },
  ...certificateResources,
  ...policyResources,
  ...thingResources,
  ...thingGroupResources,
  ...authorizerResources,
];

/** `undefined` when the path is none of this service's. */
export function answerIot(
  call: Call,
  target: RestTarget,
): Response | Promise<Response> | undefined {
  for (const { path, operations } of resources) {
    const match = path.exec(target.path);
    if (match) return enter(call, target, { operations, labels: match.slice(1) });
  }
  if (signedService(call.request.headers.get("authorization")) !== "iot") return undefined;
  return refuseMissing(call, target);
}

function refuseMissing({ request, requestId }: Call, { path }: RestTarget): Response | undefined {
  const name = missingOperation(request.method, path);
  if (name === undefined) return undefined;
  const message = `The operation "${name}" of AWS IoT is not implemented`;
  return answerOf(failure("UnknownOperationException", message), requestId);
}

/** Every operation that there is, by its name on the wire. */
export function operationNames(): string[] {
  return resources.flatMap(({ operations }) => Object.values(operations).map(operationName));
}

/** Of its two names for a fault of its own neither is that of all operations; this one is. */
const failed = failure("ServiceUnavailableException", "The service is temporarily unavailable.");

const gate: Gate = {
  services: ["iot"],
  refuse({ requestId }, { code: type, message }) {
    return restErrorAnswer({ status: 403, type, body: { message } }, requestId);
  },
  fail: ({ requestId }) => answerOf(failed, requestId),
};

interface Matched {
  readonly operations: Resource["operations"];
  readonly labels: readonly string[];
}

function enter(call: Call, target: RestTarget, matched: Matched): Promise<Response> {
  // The token in its path is the proof: whoever got it opens the link, without a signature.
  const isLink = matched.operations.GET === confirmTopicRuleDestination;
  if (isLink) return perform(call, target, matched);
  return admit(call, gate, async (admitted) => {
    const denial = await denialOf(admitted, target, matched);
    return denial ?? perform(admitted, target, matched);
  });
}

async function denialOf(
  call: AdmittedCall,
  { query }: RestTarget,
  { operations, labels }: Matched,
): Promise<Response | undefined> {
  const { request, requestId, ports } = call;
  const operation = Object.hasOwn(operations, request.method) && operations[request.method];
  if (!operation) return undefined;
  const bytes = await keepBody(request, iotBodyBytesMax);
  const body = membersOf(bytes && parseJson(bytes));
  const named = { operation: operationName(operation), label: decodeLabel(labels[0] ?? "") ?? "" };
  const { headers } = request;
  const needs = needsOf({ ...named, query, headers, body }, ports.identities.account);
  const message = call.refusal(needs);
  if (message === undefined) return undefined;
  return restErrorAnswer(
    { status: 403, type: "AccessDeniedException", body: { message } },
    requestId,
  );
}

async function perform(
  call: Call,
  target: RestTarget,
  { operations, labels }: Matched,
): Promise<Response> {
  const { request, requestId } = call;
  const { method } = request;
  const operation = Object.hasOwn(operations, method) ? operations[method] : undefined;
  if (operation) return answerOf(await outcomeOf(call, target, { operation, labels }), requestId);
  const missing = refuseMissing(call, target);
  if (missing) return missing;
  const message = `${method} "${target.path}" is not supported`;
  const answer = answerOf(failure("MethodNotAllowedException", message), requestId);
  answer.headers.set("allow", Object.keys(operations).join(", "));
  return answer;
}

async function outcomeOf(
  call: Call,
  target: RestTarget,
  { operation, labels }: { operation: Operation; labels: readonly string[] },
): Promise<Outcome> {
  const { ports } = call;
  if (!ports.rules.isStarted || !ports.devices.isStarted) {
    const message = "Rules and devices are not back from storage yet";
    return failure("ServiceUnavailableException", message);
  }
  return operation({ ...call, target, labels, label: labels[0] ?? "" });
}
