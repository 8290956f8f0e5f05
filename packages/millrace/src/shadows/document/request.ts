/**
 * Reads what clients send: bytes to a request, or the first thing that is wrong with them.
 *
 * The token is read before all else that is in the document, so that the answer to anything wrong
 * with the rest carries it. Members of the document that the guide does not name are ignored, as it
 * says; those of `state` are not. [guide: Request state document, Diagnosing shadows]
 */

import { textOrUndefined, utf8 } from "../../base/mod.ts";
import { shadowLimits } from "../limits.ts";
import { isArray, isObject, type Json, type JsonObject, member } from "./json.ts";
import { parseExactly } from "./number.ts";
import { invalidNode, type Problem, problems } from "./problem.ts";

/** A section that is null is to go; one that is absent stays as it is. */
export interface StateRequest {
  readonly desired?: JsonObject | null;
  readonly reported?: JsonObject | null;
}

export interface UpdateRequest {
  /** Null: both sections are to go. [guide: Deleting a shadow] */
  readonly state: StateRequest | null;
  readonly version: number | undefined;
  readonly clientToken: string | undefined;
}

export type Read<T> =
  | { readonly ok: true; readonly request: T }
  | {
      readonly ok: false;
      readonly problem: Problem;
      /** As far as it could be read. */
      readonly clientToken: string | undefined;
    };

/** Of an update. */
export function readUpdate(payload: Uint8Array): Read<UpdateRequest> {
  const document = readDocument(payload);
  if ("code" in document) return refused(document);
  const token = readToken(document.root);
  if (typeof token === "object") return refused(token);
  const { root } = document;
  const problem = problemOfVersion(root) ?? problemOfState(root) ?? problemOfSize(root);
  if (problem) return refused(problem, token);
  const state = member(root, "state") as StateRequest | null;
  const version = member(root, "version") as number | undefined;
  return { ok: true, request: { state, version, clientToken: token } };
}

/** Of a get: nothing, or a document that may hold a token. */
export function readGet(payload: Uint8Array): Read<Pick<UpdateRequest, "clientToken">> {
  if (payload.length === 0) return { ok: true, request: { clientToken: undefined } };
  const document = readDocument(payload);
  if ("code" in document) return refused(document);
  const token = readToken(document.root);
  if (typeof token === "object") return refused(token);
  return { ok: true, request: { clientToken: token } };
}

/** Of a delete, whose content is ignored but for a token that is one. [guide: /delete] */
export function readDelete(payload: Uint8Array): Pick<UpdateRequest, "clientToken"> {
  const read = readGet(payload);
  return { clientToken: read.ok ? read.request.clientToken : undefined };
}

function refused(problem: Problem, clientToken?: string) {
  return { ok: false, problem, clientToken } as const;
}

function readDocument(payload: Uint8Array): { readonly root: JsonObject } | Problem {
  if (payload.length > shadowLimits.requestBytesMax) return problems.tooLarge;
  // UTF-16 and UTF-32 have a zero in the first two bytes of JSON; a mark of order is not UTF-8's.
  if (payload[0] === 0 || payload[1] === 0) return problems.notUtf8;
  const text = textOrUndefined(payload);
  if (text === undefined || text.startsWith("\u{feff}")) return problems.notUtf8;
  try {
    const root = parseExactly(text) as Json;
    return isObject(root) ? { root } : problems.invalidJson;
  } catch {
    return problems.invalidJson; // JSON.parse has no other way to say no
  }
}

function readToken(root: JsonObject): string | undefined | Problem {
  const token = member(root, "clientToken");
  if (token === undefined) return undefined;
  const fits = typeof token === "string" && utf8(token).length <= shadowLimits.clientTokenBytesMax;
  return fits ? token : problems.clientTokenInvalid;
}

function problemOfVersion(root: JsonObject): Problem | undefined {
  const version = member(root, "version");
  if (version === undefined || (Number.isSafeInteger(version) && (version as number) >= 0)) {
    return undefined;
  }
  return problems.versionInvalid;
}

function problemOfState(root: JsonObject): Problem | undefined {
  const state = member(root, "state");
  if (state === undefined) return problems.stateMissing;
  if (state === null) return undefined;
  if (!isObject(state)) return problems.stateNoObject;
  for (const [key, section] of Object.entries(state)) {
    const problem = problemOfSection(key, section);
    if (problem) return problem;
  }
  return undefined;
}

function problemOfSection(key: string, section: Json): Problem | undefined {
  if (key !== "desired" && key !== "reported") return invalidNode(key);
  if (section === null) return undefined;
  if (isObject(section)) return problemOfValue(key, section, 1);
  return key === "desired" ? problems.desiredNoObject : problems.reportedNoObject;
}

/** What removes is not stored, but comes back in `accepted`, with a time for every null. */
function problemOfSize(root: JsonObject): Problem | undefined {
  const bytes = utf8(JSON.stringify(member(root, "state"))).length;
  return bytes > shadowLimits.stateOfRequestBytesMax ? problems.tooLarge : undefined;
}

/** `level`: how many objects and arrays, the value included when it is one, it stands in. */
function problemOfValue(key: string, value: Json, level: number): Problem | undefined {
  if (!isArray(value) && !isObject(value)) return undefined;
  if (level > shadowLimits.nestingMax) return problems.nestedTooDeep;
  const inner = isArray(value)
    ? value.map((one) => [key, one] as const)
    : Object.entries<Json>(value);
  for (const [innerKey, one] of inner) {
    if (one === null && isArray(value)) return invalidNode(key); // [guide: Array values]
    const problem = problemOfValue(innerKey, one, level + 1);
    if (problem) return problem;
  }
  return undefined;
}
