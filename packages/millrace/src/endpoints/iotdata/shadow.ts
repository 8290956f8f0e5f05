/** What the operations on one shadow have in common: its name, and what its problems are called. */

import { decodeLabel } from "../../aws/mod.ts";
import { shortened } from "../../base/mod.ts";
import {
  isShadowName,
  isThingName,
  type ProblemCode,
  type ShadowName,
  type ShadowResult,
} from "../../shadows/mod.ts";
import { Query } from "../query.ts";
import { type ErrorType, type Failure, failure, type Outcome } from "./answers.ts";
import type { IotDataCall } from "./operation.ts";

const errorTypes: Readonly<Record<ProblemCode, ErrorType>> = {
  400: "InvalidRequestException",
  404: "ResourceNotFoundException",
  409: "ConflictException",
  413: "RequestEntityTooLargeException",
  415: "UnsupportedDocumentEncodingException",
  429: "ThrottlingException", // over MQTT alone: here nothing bounds how many ask
  500: "InternalFailureException",
};

/** The shadow that path and query name, or what is wrong with them. */
export function readShadowName(call: IotDataCall, operation: string): ShadowName | Failure {
  const query = new Query(call, operation, ["name"]);
  if (query.problem) return failure("InvalidRequestException", query.problem);
  const thingName = readThingName(call);
  if (typeof thingName !== "string") return thingName;
  const shadowName = query.text("name");
  if (shadowName === undefined || isShadowName(shadowName)) return { thingName, shadowName };
  return badName("shadow", shadowName, "[$a-zA-Z0-9:_-]{1,64}");
}

export function readThingName({ label }: IotDataCall): string | Failure {
  const thingName = decodeLabel(label);
  if (thingName !== undefined && isThingName(thingName)) return thingName;
  return badName("thing", thingName ?? label, "[a-zA-Z0-9:_-]{1,128}");
}

function badName(what: string, name: string, pattern: string): Failure {
  const message = `The ${what} name "${shortened(name)}" does not match ${pattern}`;
  return failure("InvalidRequestException", message);
}

/** What changes a shadow is published, and before the house is ready nothing is. */
export function notReady({ ports }: IotDataCall): Failure | undefined {
  if (ports.missing().length === 0) return undefined;
  return failure("ServiceUnavailableException", "The server is not ready yet");
}

/** The document as it is, digit by digit. */
export function outcomeOf(result: ShadowResult): Outcome {
  if (result.ok) return { json: result.document };
  const { code, message } = result.problem;
  return failure(errorTypes[code], message);
}
