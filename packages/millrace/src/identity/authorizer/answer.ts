/**
 * What an authorizer's function answers, and whether that can be taken.
 *
 * [IoT: Defining your Lambda function]
 */

import { memberOf, shortened, textOrUndefined } from "../../base/mod.ts";
import {
  keyProblems,
  type PolicyDocument,
  parsePolicyDocument,
  parsePolicyText,
} from "../../policy/mod.ts";
import { authorizerLimits as limits } from "./limits.ts";

export interface AuthorizerAnswer {
  readonly principalId: string;
  readonly documents: readonly PolicyDocument[];
  /** As the function gave them, in one form. */
  readonly texts: readonly string[];
  readonly disconnectAfterSeconds: number;
  /** Absent: the function is not asked again. */
  readonly refreshAfterSeconds?: number | undefined;
}

export type AnswerReading =
  | { readonly ok: true; readonly answer: AuthorizerAnswer }
  /** The function says that nobody is known by this. */
  | { readonly ok: false; readonly kind: "refused"; readonly reason: string }
  /** What it says cannot be taken for an answer. */
  | { readonly ok: false; readonly kind: "invalid"; readonly reason: string };

/** Reads the function's answer; whatever is not exactly as documented is no answer. */
export function readAnswer(payload: Uint8Array): AnswerReading {
  if (payload.length > limits.answerBytesMax) {
    return invalid(`it has ${payload.length} bytes, at most ${limits.answerBytesMax} are taken`);
  }
  const value = parse(payload);
  if (!isObject(value)) return invalid("it is no JSON object");
  const { isAuthenticated, principalId, policyDocuments } = value;
  if (typeof isAuthenticated !== "boolean") return invalid("'isAuthenticated' is no boolean");
  if (!isAuthenticated) {
    return { ok: false, kind: "refused", reason: "'isAuthenticated' is false" };
  }
  if (typeof principalId !== "string" || !/^[a-zA-Z0-9]{1,128}$/.test(principalId)) {
    return invalid("'principalId' is not 1 to 128 letters and digits");
  }
  const disconnect = readSeconds(value, "disconnectAfterInSeconds");
  const refresh = readSeconds(value, "refreshAfterInSeconds");
  if (typeof disconnect === "string") return invalid(disconnect);
  if (typeof refresh === "string") return invalid(refresh);
  const policies = readPolicies(policyDocuments);
  if (typeof policies === "string") return invalid(policies);
  return {
    ok: true,
    answer: {
      principalId,
      ...policies,
      disconnectAfterSeconds: disconnect ?? limits.secondsMax,
      refreshAfterSeconds: refresh,
    },
  };
}

function readPolicies(
  value: unknown,
): { readonly documents: PolicyDocument[]; readonly texts: string[] } | string {
  const { policyDocumentsMax: max } = limits;
  if (!Array.isArray(value)) return "'policyDocuments' is no list";
  if (value.length > max) return `'policyDocuments' has ${value.length} entries, at most ${max}`;
  const documents: PolicyDocument[] = [];
  const texts: string[] = [];
  for (const [index, one] of value.entries()) {
    const place = `'policyDocuments[${index}]'`;
    const isText = typeof one === "string";
    const text = isText ? one : JSON.stringify(one);
    if (text.length > limits.policyCharactersMax) {
      return `${place} has ${text.length} characters, at most ${limits.policyCharactersMax}`;
    }
    const parsed = isText ? parsePolicyText(text, "iot") : parsePolicyDocument(one, "iot");
    if (!parsed.ok) {
      const [problem] = parsed.problems;
      return `${place} is no policy: ${shortened(problem?.message ?? "", 256)}`;
    }
    const [unknown] = keyProblems(parsed.document);
    if (unknown) return `${place}: ${shortened(unknown.message, 256)}`;
    documents.push(parsed.document);
    texts.push(text);
  }
  return { documents, texts };
}

function readSeconds(value: Readonly<Record<string, unknown>>, name: string) {
  const seconds = memberOf(value, name);
  const { secondsMin, secondsMax } = limits;
  if (seconds === undefined) return undefined;
  const fits = typeof seconds === "number" && seconds >= secondsMin && seconds <= secondsMax;
  if (fits && Number.isInteger(seconds)) return seconds;
  return `'${name}' is no whole number from ${secondsMin} to ${secondsMax}`;
}

function parse(payload: Uint8Array): unknown {
  const text = textOrUndefined(payload);
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined; // JSON.parse has no other way to say no
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(reason: string): AnswerReading {
  return { ok: false, kind: "invalid", reason };
}
