/**
 * The endpoint of Application Auto Scaling (JSON 1.1), for tables and their indexes: which
 * operations there are, and the wire form of errors.
 */

import { type JsonError, jsonAnswer, jsonErrorAnswer } from "../../aws/mod.ts";
import type { Need } from "../../identity/mod.ts";
import { parseJson, readBody } from "../body.ts";
import { admit, type Gate } from "../gate.ts";
import { scalingBodyBytesMax } from "../limits.ts";
import type { AdmittedCall, Call } from "../ports.ts";
import { arnOf } from "../rights.ts";
import { type Input, type ScalingOperation, ScalingRefusal } from "./operation.ts";
import {
  deleteScalingPolicy,
  describeScalingActivities,
  describeScalingPolicies,
  putScalingPolicy,
} from "./PutScalingPolicy.ts";
import {
  deregisterScalableTarget,
  describeScalableTargets,
  registerScalableTarget,
} from "./RegisterScalableTarget.ts";

export const scalingService = "AnyScaleFrontendService";

const operations: ReadonlyMap<string, ScalingOperation> = new Map([
  ["DeleteScalingPolicy", deleteScalingPolicy],
  ["DeregisterScalableTarget", deregisterScalableTarget],
  ["DescribeScalableTargets", describeScalableTargets],
  ["DescribeScalingActivities", describeScalingActivities],
  ["DescribeScalingPolicies", describeScalingPolicies],
  ["PutScalingPolicy", putScalingPolicy],
  ["RegisterScalableTarget", registerScalableTarget],
]);

const options = { version: "1.1" } as const;

/** Answers an operation; one that is not there is refused by name. */
export async function answerScaling(call: Call, operationName: string): Promise<Response> {
  return admit(call, gate, (admitted) => answerOperation(admitted, operationName));
}

const gate: Gate = {
  services: ["application-autoscaling"],
  refuse({ requestId }, { code, message }) {
    return jsonErrorAnswer({ status: 400, type: code, message }, { ...options, requestId });
  },
  fail: ({ requestId }) => jsonErrorAnswer(failed, { ...options, requestId }),
};

async function answerOperation(call: AdmittedCall, operationName: string): Promise<Response> {
  const { requestId, request, ports } = call;
  const answering = { ...options, requestId };
  const operation = operations.get(operationName);
  if (!operation) return jsonErrorAnswer(unknownOperation(operationName), answering);
  const denial = call.refusal([needOf(call, operationName)]);
  if (denial !== undefined) return jsonErrorAnswer(accessDenied(denial), answering);
  const body = await readBody(request, scalingBodyBytesMax);
  const input = body && parseJson(body);
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    return jsonErrorAnswer(notJson, answering);
  }
  const context = { scaling: ports.tables.scaling, account: ports.account };
  try {
    return jsonAnswer(await operation(context, input as Input), answering);
  } catch (thrown) {
    if (!(thrown instanceof ScalingRefusal)) throw thrown;
    const { code: type, message } = thrown;
    return jsonErrorAnswer({ status: 400, type, message }, answering);
  }
}

/** Lists are of everything; all else is about targets, whose ids nobody knows beforehand. */
function needOf({ ports }: AdmittedCall, operation: string): Need {
  const { account } = ports.identities;
  const isList = operation.startsWith("Describe");
  const resource = isList ? "*" : arnOf(account, "application-autoscaling", "scalable-target/*");
  return { action: `application-autoscaling:${operation}`, resource };
}

function accessDenied(message: string): JsonError {
  return { status: 400, type: "AccessDeniedException", message };
}

const failed: JsonError = {
  status: 500,
  type: "InternalServiceException",
  message: "The service encountered an internal error.",
};

function unknownOperation(name: string): JsonError {
  const message = `The operation "${name}" of Application Auto Scaling is not implemented`;
  return { status: 400, type: "UnknownOperationException", message };
}

const notJson: JsonError = { status: 400, type: "SerializationException" };
