/** Posts for rules, whose answers are read only so far, and to tables elsewhere; no redirects. */

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
