/**
 * The endpoint of EventBridge (JSON 1.1): which operations there are, and the wire form of errors.
 * What is not there, e.g. archives, API destinations and partners' sources, is refused by name.
 */

import { type JsonError, jsonAnswer, jsonErrorAnswer } from "../../aws/mod.ts";
import { parseJson, readBody } from "../body.ts";
import { admit, type Gate } from "../gate.ts";
import { eventsBodyBytesMax } from "../limits.ts";
import type { AdmittedCall, Call } from "../ports.ts";
import { membersOf } from "../rights.ts";
import { createEventBus } from "./CreateEventBus.ts";
import { deleteEventBus } from "./DeleteEventBus.ts";
import { deleteRule } from "./DeleteRule.ts";
import { describeEventBus } from "./DescribeEventBus.ts";
import { describeRule } from "./DescribeRule.ts";
import { disableRule, enableRule } from "./EnableRule.ts";
import { listEventBuses } from "./ListEventBuses.ts";
import { listRuleNamesByTarget } from "./ListRuleNamesByTarget.ts";
import { listRules } from "./ListRules.ts";
import { listTagsForResource } from "./ListTagsForResource.ts";
import { listTargetsByRule } from "./ListTargetsByRule.ts";
import { type EventsOperation, inputProblem } from "./operation.ts";
import { putEvents } from "./PutEvents.ts";
import { putRule } from "./PutRule.ts";
import { putTargets } from "./PutTargets.ts";
import { removeTargets } from "./RemoveTargets.ts";
import { needsOf } from "./rights.ts";
import { tagResource } from "./TagResource.ts";
import { testEventPattern } from "./TestEventPattern.ts";
import { untagResource } from "./UntagResource.ts";

export const eventService = "AWSEvents";

const operations: ReadonlyMap<string, EventsOperation> = new Map([
  ["CreateEventBus", createEventBus],
  ["DeleteEventBus", deleteEventBus],
  ["DeleteRule", deleteRule],
  ["DescribeEventBus", describeEventBus],
  ["DescribeRule", describeRule],
  ["DisableRule", disableRule],
  ["EnableRule", enableRule],
  ["ListEventBuses", listEventBuses],
  ["ListRuleNamesByTarget", listRuleNamesByTarget],
  ["ListRules", listRules],
  ["ListTagsForResource", listTagsForResource],
  ["ListTargetsByRule", listTargetsByRule],
  ["PutEvents", putEvents],
  ["PutRule", putRule],
  ["PutTargets", putTargets],
  ["RemoveTargets", removeTargets],
  ["TagResource", tagResource],
  ["TestEventPattern", testEventPattern],
  ["UntagResource", untagResource],
]);

/** Every operation that there is, by its name on the wire. */
export function operationNames(): string[] {
  return [...operations.keys()];
}

const gate: Gate = {
  services: ["events"],
  refuse({ requestId }, { code: type, message }) {
    return jsonErrorAnswer({ status: 400, type, message }, { version: "1.1", requestId });
  },
  fail: ({ requestId }) => jsonErrorAnswer(failed, { version: "1.1", requestId }),
};

export function answerEvents(call: Call, name: string): Promise<Response> {
  return admit(call, gate, (admitted) => perform(admitted, name));
}

async function perform(call: AdmittedCall, name: string): Promise<Response> {
  const { requestId, request, ports } = call;
  const options = { version: "1.1", requestId } as const;
  const refuse = (error: JsonError) => jsonErrorAnswer(error, options);
  const operation = operations.get(name);
  if (!operation) return refuse(unknownOperation(name));
  const body = await readBody(request, eventsBodyBytesMax);
  if (!body) return refuse(bodyTooLarge);
  const parsed = parseJson(body);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    return refuse(notJson);
  }
  const input = membersOf(parsed);
  const problem = inputProblem(name, operation.members, input);
  if (problem) return refuse({ status: 400, ...problem });
  const denial = call.refusal(needsOf(name, input, ports.identities.account));
  if (denial !== undefined) {
    return refuse({ status: 400, type: "AccessDeniedException", message: denial });
  }
  const { buses, account } = ports;
  await buses.started; // the door opens before everything is back
  const outcome = await operation.perform({ buses, account, input });
  if ("body" in outcome) return jsonAnswer(outcome.body, options);
  return refuse({ status: 400, ...outcome.refusal });
}

const failed: JsonError = {
  status: 500,
  type: "InternalException",
  message: "This exception occurs due to unexpected causes.",
};

function unknownOperation(name: string): JsonError {
  const message = `The operation "${name}" of EventBridge is not implemented`;
  return { status: 400, type: "UnknownOperationException", message };
}

const bodyTooLarge: JsonError = {
  status: 413,
  type: "RequestEntityTooLargeException",
  message: `The request is larger than ${eventsBodyBytesMax} bytes`,
};

const notJson: JsonError = {
  status: 400,
  type: "SerializationException",
  message: "The request body is not a JSON object",
};
