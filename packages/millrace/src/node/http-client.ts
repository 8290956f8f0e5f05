/**
 * HTTP to others: posts for rules, tables elsewhere, and documents of identity providers. One
 * request each, without redirects, whose answer is read only so far.
 */

import { concatBytes, textOf } from "../base/mod.ts";
import type { FetchJson } from "../identity/mod.ts";
import type { HttpSend } from "../rules/mod.ts";
import type { SendToRemote } from "../tables/mod.ts";

/** A longer answer is not read to its end, and its request is not made again. */
const answerBytesMax = 16_384;

/** Rejects when the other side cannot be reached, closes, or has not answered in time. */
export const postOverHttp: HttpSend = async ({ url, headers, body, timeoutMs }) => {
  const response = await fetch(url, {
    method: "POST",
    headers: headers.map(([name, value]): [string, string] => [name, value]),
    body: body as Uint8Array<ArrayBuffer>,
    redirect: "manual",
    signal: AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs))),
  });
  return { status: response.status, isLong: await isLongAnswer(response) };
};

/** The JSON that stands at a URL; rejects when it is not there, too long or too late. */
export const fetchJson: FetchJson = async (url, { timeoutMs, bytesMax }) => {
  const response = await fetch(url, {
    headers: { accept: "application/json" },
    redirect: "manual",
    signal: AbortSignal.timeout(timeoutMs),
  });
  const { status, body } = response;
  if (status !== 200) {
    await body?.cancel();
    throw new Error(`"${url}" answered ${status}`);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new Error(`"${url}" answered more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return JSON.parse(textOf(concatBytes(chunks)));
};

async function isLongAnswer({ body }: Response): Promise<boolean> {
  const reader = body?.getReader();
  if (!reader) return false;
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return false;
    bytes += value.length;
    if (bytes <= answerBytesMax) continue;
    await reader.cancel();
    return true;
  }
}

/** As long as AWS's own clients wait. */
const tablesTimeoutMs = 60_000;

/** The whole answer of an endpoint of tables. */
export const postToTables: SendToRemote = async ({ url, headers, body }) => {
  const response = await fetch(url, {
    method: "POST",
    headers: headers.map(([name, value]): [string, string] => [name, value]),
    body: body as Uint8Array<ArrayBuffer>,
    redirect: "manual",
    signal: AbortSignal.timeout(tablesTimeoutMs),
  });
  return { status: response.status, body: await response.bytes() };
};
