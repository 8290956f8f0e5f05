/**
 * The endpoint of Application Auto Scaling (JSON 1.1), for tables and their indexes: which
 * operations there are, and the wire form of errors.
 */

import { type JsonError, jsonAnswer, jsonErrorAnswer } from "../../aws/mod.ts";
import { WorldError } from "../../base/mod.ts";
import { parseJson, readBody } from "../body.ts";
import { scalingBodyBytesMax } from "../limits.ts";
import type { Call } from "../ports.ts";
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

/** Answers an operation; one that is not there is refused by name. */
export async function answerScaling(call: Call, operationName: string): Promise<Response> {
  const { requestId, request, ports } = call;
  const options = { version: "1.1", requestId } as const;
  const operation = operations.get(operationName);
  if (!operation) return jsonErrorAnswer(unknownOperation(operationName), options);
  const body = await readBody(request, scalingBodyBytesMax);
  const input = body && parseJson(body);
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    return jsonErrorAnswer(notJson, options);
  }
  const context = { scaling: ports.tables.scaling, account: ports.account };
  try {
    return jsonAnswer(await operation(context, input as Input), options);
  } catch (thrown) {
    const error = errorOf(thrown);
    if (!error) throw thrown;
    return jsonErrorAnswer(error, options);
  }
}

function errorOf(thrown: unknown): JsonError | undefined {
  if (thrown instanceof ScalingRefusal) {
    return { status: 400, type: thrown.code, message: thrown.message };
  }
  if (!(thrown instanceof WorldError)) return undefined;
  return { status: 500, type: "InternalServiceException", message: thrown.message };
}

function unknownOperation(name: string): JsonError {
  const message = `The operation "${name}" of Application Auto Scaling is not implemented`;
  return { status: 400, type: "UnknownOperationException", message };
}

const notJson: JsonError = { status: 400, type: "SerializationException" };
