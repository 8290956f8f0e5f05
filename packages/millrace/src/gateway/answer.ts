/**
 * From a function's result to an answer: status, headers, body.
 *
 * An HTTP API takes a result without `statusCode` as the body of a 200; a REST API refuses it. What
 * cannot be an answer is `undefined`, and the caller says so in the words of its kind.
 */

import { type BytePieces, noBytes } from "../base/mod.ts";
import { AnswerHeaders } from "./answer-headers.ts";
import { headerValuesMax } from "./limits.ts";

export interface Answer<Body = string | Uint8Array | BytePieces> {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** A text is sent as UTF-8. */
  readonly body: Body;
}

/** An answer that is there as a whole. */
export type WholeAnswer = Answer<string | Uint8Array>;

/** Statuses whose answers have no body. */
export const withoutBody: ReadonlySet<number> = new Set([204, 205, 304]);

/** `value` in JSON. */
export function jsonAnswer(
  status: number,
  value: object,
  headers: Readonly<Record<string, string>> = {},
): WholeAnswer {
  const all = { "content-type": "application/json;charset=utf-8", ...headers };
  return { status, headers: AnswerHeaders.of(all), body: JSON.stringify(value) };
}

export function textAnswer(status: number, text: string): WholeAnswer {
  const headers = AnswerHeaders.of({ "content-type": "text/plain;charset=utf-8" });
  return { status, headers, body: text };
}

/**
 * `result` is the function's JSON, parsed; `undefined` when it was none. `contentType` is that of a
 * result with a status and without a type.
 */
export function readHttpResult(
  result: unknown,
  contentType = "text/plain;charset=UTF-8",
): WholeAnswer | undefined {
  if (result === undefined) return undefined;
  if (!isRecord(result) || result.statusCode === undefined) {
    const text = typeof result === "string" ? result : JSON.stringify(result);
    const headers = AnswerHeaders.of({ "content-type": "application/json" });
    return { status: 200, headers, body: text };
  }
  const headers = readHeaders(result);
  if (!headers || !addCookies(headers, result.cookies)) return undefined;
  if (!headers.get("content-type")) headers.set("content-type", contentType);
  return assemble(result, headers, result.isBase64Encoded === true);
}

/** With payload version 1.0: nothing is guessed, and cookies are among the headers. */
export function readHttpResult1(result: unknown): WholeAnswer | undefined {
  if (!isRecord(result) || result.statusCode === undefined) return undefined;
  return readHttpResult({ ...result, cookies: undefined });
}

/**
 * Status and headers of an answer whose body follows in pieces; `undefined`: there are none.
 * `contentType` is that of one with a body and without a type.
 */
export function readHttpHead(
  head: unknown,
  contentType: string,
): Omit<WholeAnswer, "body"> | undefined {
  if (!isRecord(head)) return undefined;
  const headers = readHeaders(head);
  const status = Number(head.statusCode ?? 200);
  if (!headers || !addCookies(headers, head.cookies)) return undefined;
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  if (withoutBody.has(status)) headers.delete("content-type");
  else if (!headers.get("content-type")) headers.set("content-type", contentType);
  return { status, headers };
}

const restMembers: ReadonlySet<string> = new Set([
  "statusCode",
  "headers",
  "multiValueHeaders",
  "body",
  "isBase64Encoded",
]);

/**
 * `decodes`: whether a body marked as base64 is decoded, which the binary media types decide. No
 * member is needed and no other is taken, as users report of AWS, whose documentation is silent.
 */
export function readRestResult(result: unknown, decodes: boolean): WholeAnswer | undefined {
  if (!isRecord(result) || !Object.keys(result).every((name) => restMembers.has(name))) {
    return undefined;
  }
  const headers = readHeaders(result);
  if (!headers) return undefined;
  if (!headers.get("content-type")) headers.set("content-type", "application/json");
  const told = { ...result, statusCode: result.statusCode ?? 200 };
  return assemble(told, headers, decodes && result.isBase64Encoded === true);
}

type Result = Readonly<Record<string, unknown>>;

function assemble(
  result: Result,
  headers: AnswerHeaders,
  decode: boolean,
): WholeAnswer | undefined {
  const status = Number(result.statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  const body = readBody(result.body, decode);
  if (body === undefined) return undefined;
  if (!withoutBody.has(status)) return { status, headers, body };
  headers.delete("content-type");
  return { status, headers, body: noBytes };
}

function readBody(body: unknown, decode: boolean): string | Uint8Array | undefined {
  if (body === undefined || body === null) return noBytes;
  if (typeof body !== "string") return undefined;
  return decode ? Buffer.from(body, "base64") : body;
}

/** They describe the connection to the client, which is ours. */
const ofTheConnection = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "transfer-encoding",
]);

/** A header in both maps has the values of both; the same value twice counts once. */
function readHeaders(result: Result): AnswerHeaders | undefined {
  const single = result.headers ?? {};
  const multiple = result.multiValueHeaders ?? {};
  if (!isRecord(single) || !isRecord(multiple)) return undefined;
  return result.multiValueHeaders === undefined ? readSingle(single) : readMaps(single, multiple);
}

function readMaps(single: Result, multiple: Result): AnswerHeaders | undefined {
  const values = new Map<string, string[]>();
  if (!addHeaders(values, multiple) || !addHeaders(values, single)) return undefined;
  const headers = new AnswerHeaders();
  let count = 0;
  for (const [name, all] of values) {
    count += all.length;
    if (count > headerValuesMax) return undefined; // each is looked for among all before it
    const distinct = all.length > 1 ? new Set(all) : all;
    for (const value of distinct) if (!headers.append(name, value)) return undefined;
  }
  return headers;
}

/** The same where there is one map, as nearly always. */
function readSingle(given: Result): AnswerHeaders | undefined {
  const headers = new AnswerHeaders();
  let count = 0;
  for (const name in given) {
    const key = name.toLowerCase();
    const value = given[name];
    if (ofTheConnection.has(key)) continue;
    const isOfSeveral = Array.isArray(value) || headers.has(key) || key === "set-cookie";
    if (isOfSeveral) return readMaps(given, {});
    count += 1;
    if (count > headerValuesMax || !isScalar(value)) return undefined;
    if (!headers.append(key, String(value))) return undefined;
  }
  return headers;
}

/** False: what is given is no value of a header. */
function addHeaders(values: Map<string, string[]>, given: Result): boolean {
  for (const name in given) {
    const key = name.toLowerCase();
    if (ofTheConnection.has(key)) continue;
    const value = given[name];
    const known = values.get(key);
    const all = known ?? [];
    if (!known) values.set(key, all);
    for (const one of Array.isArray(value) ? value : [value]) {
      if (!isScalar(one)) return false;
      all.push(String(one));
    }
  }
  return true;
}

function addCookies(headers: AnswerHeaders, cookies: unknown): boolean {
  if (cookies === undefined || cookies === null) return true;
  if (!Array.isArray(cookies) || cookies.length > headerValuesMax) return false;
  return cookies.every((cookie) => isScalar(cookie) && headers.append("set-cookie", `${cookie}`));
}

function isScalar(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function isRecord(value: unknown): value is Result {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
