/**
 * What an authorizer's function answers, and what that says of a method.
 *
 * A policy is kept as it is and asked for each request, as an answer that is remembered may be for
 * several methods. A `principalId` is documented as needed; API Gateway does without, and so do we.
 * [API Gateway: output from a Lambda authorizer; response format of HTTP APIs' authorizers]
 */

import { memberOf, textOrUndefined } from "../../base/mod.ts";
import {
  type CompiledPolicy,
  compilePolicy,
  evaluate,
  parsePolicyDocument,
  timeKeys,
} from "../../policy/mod.ts";
import type { EdgeRequest } from "../request.ts";

export interface AuthorizerAnswer {
  readonly says: boolean | CompiledPolicy;
  readonly principalId: string | undefined;
  readonly context: Readonly<Record<string, unknown>>;
  /** Of all of it, as it came. */
  readonly bytes: number;
}

/** The answer, or a sentence that says why it is none. */
export function readAuthorizerAnswer(
  payload: Uint8Array,
  { simple, scalarsOnly }: { readonly simple: boolean; readonly scalarsOnly: boolean },
): AuthorizerAnswer | string {
  const value = parse(payload);
  const bytes = payload.length;
  if (!isRecord(value)) return "its answer is no JSON object";
  const context = memberOf(value, "context") ?? {};
  if (!isRecord(context)) return "'context' is no map";
  const nested = Object.keys(context).find((key) => !isScalar(context[key]));
  if (scalarsOnly && nested !== undefined) {
    return `'context.${nested}' is no text, number or boolean`;
  }
  if (simple) {
    const isAuthorized = memberOf(value, "isAuthorized");
    if (typeof isAuthorized !== "boolean") return "'isAuthorized' is no boolean";
    return { says: isAuthorized, principalId: undefined, context, bytes };
  }
  const principalId = memberOf(value, "principalId");
  if (principalId !== undefined && typeof principalId !== "string") {
    return "'principalId' is no text";
  }
  const parsed = parsePolicyDocument(memberOf(value, "policyDocument"), "identity");
  if (parsed.ok) {
    return { says: compilePolicy("authorizer", parsed.document), principalId, context, bytes };
  }
  const [problem] = parsed.problems;
  return `'policyDocument${problem?.pointer ?? ""}': ${problem?.message ?? "it is none"}`;
}

/**
 * What the answer says of a method; a policy by `execute-api:Invoke`, with those of API Gateway's
 * condition keys that a request without a signature has, but for `aws:SecureTransport`.
 * [API Gateway: condition keys in resource policies]
 */
export function judge(
  { says }: AuthorizerAnswer,
  methodArn: string,
  { sourceIp, headers, nowMs }: Pick<EdgeRequest, "sourceIp" | "headers" | "nowMs">,
): "allowed" | "explicitDeny" | "implicitDeny" {
  if (typeof says === "boolean") return says ? "allowed" : "explicitDeny";
  const { "user-agent": userAgent, referer } = headers;
  const keys = {
    ...timeKeys(nowMs),
    "aws:SourceIp": sourceIp,
    ...(userAgent !== undefined && { "aws:UserAgent": userAgent }),
    ...(referer !== undefined && { "aws:Referer": referer }),
  };
  const asked = { action: "execute-api:Invoke", resource: methodArn, keys };
  return evaluate({ identity: [says] }, asked).outcome;
}

function parse(payload: Uint8Array): unknown {
  const text = textOrUndefined(payload);
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined; // JSON.parse has no other way to say no
  }
}

function isScalar(value: unknown): boolean {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
