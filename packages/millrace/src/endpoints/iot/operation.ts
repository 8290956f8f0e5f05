/** An operation of iot: from a request with its path's label to its outcome. */

import type { RestTarget } from "../../aws/mod.ts";
import { parseJson, readBody } from "../body.ts";
import { iotBodyBytesMax } from "../limits.ts";
import type { Call } from "../ports.ts";
import { type Failure, invalid, type Outcome } from "./answers.ts";

export interface IotCall extends Call {
  readonly target: RestTarget;
  /** The variable part of the path as it was sent, still percent-encoded; empty without one. */
  readonly label: string;
  /** All of them, in their order. */
  readonly labels: readonly string[];
}

export type Operation = (call: IotCall) => Outcome | Promise<Outcome>;

/** What stands at a path, and its operations by method. */
export interface Resource {
  /** With a group for each label. */
  readonly path: RegExp;
  readonly operations: Readonly<Record<string, Operation>>;
}

export type ReadBody = { readonly ok: true; readonly value: unknown } | Failure;

/** The JSON of the request's body. */
export async function readJsonBody({ request }: IotCall): Promise<ReadBody> {
  const bytes = await readBody(request, iotBodyBytesMax);
  if (!bytes) return invalid(`The body has more than ${iotBodyBytesMax} bytes`);
  const value = parseJson(bytes);
  return value === undefined ? invalid("The body is not JSON in UTF-8") : { ok: true, value };
}

/** As `readJsonBody`, when nothing but an object will do. */
export async function readObjectBody(
  call: IotCall,
): Promise<{ readonly ok: true; readonly value: Readonly<Record<string, unknown>> } | Failure> {
  const body = await readJsonBody(call);
  if ("type" in body) return body;
  const { value } = body;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return invalid("The body is not a JSON object");
  }
  return { ok: true, value: value as Record<string, unknown> };
}
