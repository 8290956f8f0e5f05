/**
 * The endpoint of CloudWatch Logs (JSON 1.1): which operations there are, and the wire form of
 * errors. What is not there, e.g. queries and subscriptions, is refused by name.
 */

import { type JsonError, jsonAnswer, jsonErrorAnswer } from "../../aws/mod.ts";
import { parseJson, readBody } from "../body.ts";
import { admit, type Gate } from "../gate.ts";
import { logsBodyBytesMax } from "../limits.ts";
import type { AdmittedCall, Call } from "../ports.ts";
import { createLogGroup } from "./CreateLogGroup.ts";
import { createLogStream } from "./CreateLogStream.ts";
import { deleteLogGroup } from "./DeleteLogGroup.ts";
import { deleteLogStream } from "./DeleteLogStream.ts";
import { deleteRetentionPolicy } from "./DeleteRetentionPolicy.ts";
import { describeLogGroups } from "./DescribeLogGroups.ts";
import { describeLogStreams } from "./DescribeLogStreams.ts";
import { filterLogEvents } from "./FilterLogEvents.ts";
import { getLogEvents } from "./GetLogEvents.ts";
import { listTagsForResource, listTagsLogGroup } from "./ListTagsForResource.ts";
import { type Input, inputProblem, type LogsOperation } from "./operation.ts";
import { putLogEvents } from "./PutLogEvents.ts";
import { putRetentionPolicy } from "./PutRetentionPolicy.ts";
import { needsOf } from "./rights.ts";
import { tagLogGroup, tagResource } from "./TagResource.ts";
import { untagLogGroup, untagResource } from "./UntagResource.ts";

export const logService = "Logs_20140328";

const operations: ReadonlyMap<string, LogsOperation> = new Map([
  ["CreateLogGroup", createLogGroup],
  ["CreateLogStream", createLogStream],
  ["DeleteLogGroup", deleteLogGroup],
  ["DeleteLogStream", deleteLogStream],
  ["DeleteRetentionPolicy", deleteRetentionPolicy],
  ["DescribeLogGroups", describeLogGroups],
  ["DescribeLogStreams", describeLogStreams],
  ["FilterLogEvents", filterLogEvents],
  ["GetLogEvents", getLogEvents],
  ["ListTagsForResource", listTagsForResource],
  ["ListTagsLogGroup", listTagsLogGroup],
  ["PutLogEvents", putLogEvents],
  ["PutRetentionPolicy", putRetentionPolicy],
  ["TagLogGroup", tagLogGroup],
  ["TagResource", tagResource],
  ["UntagLogGroup", untagLogGroup],
  ["UntagResource", untagResource],
]);

/** Every operation that there is, by its name on the wire. */
export function operationNames(): string[] {
  return [...operations.keys()];
}

const gate: Gate = {
  services: ["logs"],
  refuse({ requestId }, { code: type, message }) {
    return jsonErrorAnswer({ status: 400, type, message }, { version: "1.1", requestId });
  },
  fail: ({ requestId }) => jsonErrorAnswer(failed, { version: "1.1", requestId }),
};

export function answerLogs(call: Call, name: string): Promise<Response> {
  return admit(call, gate, (admitted) => perform(admitted, name));
}

async function perform(call: AdmittedCall, name: string): Promise<Response> {
  const { requestId, request, ports } = call;
  const options = { version: "1.1", requestId } as const;
  const operation = operations.get(name);
  if (!operation) return jsonErrorAnswer(unknownOperation(name), options);
  const body = await readBody(request, logsBodyBytesMax);
  if (!body) return jsonErrorAnswer(bodyTooLarge, options);
  const input = parseJson(body);
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    return jsonErrorAnswer(notJson, options);
  }
  const refusal = inputProblem(name, operation, input as Input);
  if (refusal) return jsonErrorAnswer({ status: 400, ...refusal }, options);
  const denial = call.refusal(needsOf(name, input as Input, ports.identities.account));
  if (denial !== undefined) {
    const error = { status: 400, type: "AccessDeniedException", message: denial };
    return jsonErrorAnswer(error, options);
  }
  const { logs, account, clock } = ports;
  const given = { logs, account, nowMs: clock.now(), input: input as Input };
  const outcome = await operation.perform(given);
  if ("body" in outcome) return jsonAnswer(outcome.body, options);
  return jsonErrorAnswer({ status: 400, ...outcome.refusal }, options);
}

const failed: JsonError = {
  status: 500,
  type: "ServiceUnavailableException",
  message: "The service cannot complete the request.",
};

function unknownOperation(name: string): JsonError {
  const message = `The operation "${name}" of CloudWatch Logs is not implemented`;
  return { status: 400, type: "UnknownOperationException", message };
}

const bodyTooLarge: JsonError = {
  status: 413,
  type: "RequestEntityTooLargeException",
  message: `The request is larger than ${logsBodyBytesMax} bytes`,
};

const notJson: JsonError = {
  status: 400,
  type: "SerializationException",
  message: "The request body is not a JSON object",
};
