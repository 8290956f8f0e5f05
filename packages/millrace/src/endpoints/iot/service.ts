/**
 * iot, the control plane of the rules: which operation a method and a path mean.
 *
 * Things, certificates, policies, jobs and all the rest of AWS IoT's control plane are not here;
 * each of their operations is refused by its name.
 */

import { type RestTarget, signedService } from "../../aws/mod.ts";
import { WorldError } from "../../base/mod.ts";
import type { Call } from "../ports.ts";
import { answerOf, failure, type Outcome } from "./answers.ts";
import { authorizerResources } from "./authorizer-resources.ts";
import { confirmTopicRuleDestination } from "./ConfirmTopicRuleDestination.ts";
import { createTopicRule } from "./CreateTopicRule.ts";
import { createTopicRuleDestination } from "./CreateTopicRuleDestination.ts";
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
import { replaceTopicRule } from "./ReplaceTopicRule.ts";
import { tagResource } from "./TagResource.ts";
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
  ...authorizerResources,
];

/** `undefined` when the path is none of this service's. */
export function answerIot(
  call: Call,
  target: RestTarget,
): Response | Promise<Response> | undefined {
  for (const { path, operations } of resources) {
    const match = path.exec(target.path);
    if (match) return perform(call, target, { operations, label: match[1] ?? "" });
  }
  const { request, requestId } = call;
  if (signedService(request.headers.get("authorization")) !== "iot") return undefined;
  const name = missingOperation(request.method, target.path);
  if (name === undefined) return undefined;
  const message = `The operation "${name}" of AWS IoT is not implemented`;
  return answerOf(failure("UnknownOperationException", message), requestId);
}

async function perform(
  call: Call,
  target: RestTarget,
  { operations, label }: { operations: Resource["operations"]; label: string },
): Promise<Response> {
  const { request, requestId } = call;
  const { method } = request;
  const operation = Object.hasOwn(operations, method) ? operations[method] : undefined;
  if (operation) return answerOf(await outcomeOf(call, target, { operation, label }), requestId);
  const message = `${method} "${target.path}" is not supported`;
  const answer = answerOf(failure("MethodNotAllowedException", message), requestId);
  answer.headers.set("allow", Object.keys(operations).join(", "));
  return answer;
}

async function outcomeOf(
  call: Call,
  target: RestTarget,
  { operation, label }: { operation: Operation; label: string },
): Promise<Outcome> {
  const { ports } = call;
  if (!ports.rules.isStarted) {
    return failure("ServiceUnavailableException", "The rules are not back from storage yet");
  }
  try {
    return await operation({ ...call, target, label });
  } catch (thrown) {
    if (!(thrown instanceof WorldError)) throw thrown;
    const { code, message } = thrown;
    ports.logger.error("rules could not be stored", { code, message });
    return failure("ServiceUnavailableException", message);
  }
}
