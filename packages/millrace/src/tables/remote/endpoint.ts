/**
 * A DynamoDB endpoint of somebody else's: signs what is asked, sends it, and reads the answer.
 *
 * What goes wrong there (5xx), or on the way, is the world's: nothing is tried again here, because
 * whoever asked does so already.
 */

import { parseTarget, type SigningCredentials, signedHeaders } from "../../aws/mod.ts";
import { type Clock, textOf, utf8, WorldError } from "../../base/mod.ts";
import type { Result, TableError, TableErrorCode } from "../errors.ts";

export interface RemoteOptions {
  /** E.g. `https://dynamodb.eu-central-1.amazonaws.com`. */
  readonly endpoint: string;
  readonly region: string;
  /** Asked for each request, so that they may change; throws a `WorldError` without any. */
  readonly credentials: () => SigningCredentials;
}

export interface RemoteRequest {
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

/** Rejects when the other side cannot be reached, or does not answer in time. */
export type SendToRemote = (
  request: RemoteRequest,
) => Promise<{ readonly status: number; readonly body: Uint8Array }>;

export interface RemoteEndpoint {
  /** Of `DynamoDB_20120810` or `DynamoDBStreams_20120810`; the answer's JSON in UTF-8. */
  ask(target: string, request: unknown): Promise<Result<Uint8Array>>;
}

export function createRemoteEndpoint(
  { endpoint, region, credentials }: RemoteOptions,
  { clock, send }: { readonly clock: Clock; readonly send: SendToRemote },
): RemoteEndpoint {
  return {
    async ask(target, request) {
      const isStreams = parseTarget(target)?.service.startsWith("DynamoDBStreams");
      const url = isStreams ? streamsUrl(endpoint) : endpoint;
      const body = JSON.stringify(request ?? {});
      const headers = {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": target,
      };
      const { host } = new URL(url);
      const post = { host, region, service: "dynamodb", headers, body };
      const signed = Object.entries(signedHeaders(post, credentials(), clock.now()));
      const sent = { url, headers: signed.filter(([name]) => name !== "host"), body: utf8(body) };
      const { status, body: answer } = await reach(url, () => send(sent));
      if (status === 200) return { ok: true, value: answer };
      const error = readError(answer);
      if (status >= 500 || !error) {
        const said = error ? `${error.code}: ${error.message}` : `status ${status}`;
        throw new WorldError("TABLES_FAILED", `the tables' endpoint ${url} answered ${said}`);
      }
      return { ok: false, error };
    },
  };
}

async function reach<T>(url: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new WorldError("TABLES_UNREACHABLE", `cannot reach the tables at ${url}: ${reason}`);
  }
}

/** AWS has the streams on a host of their own; others have one for both. */
function streamsUrl(endpoint: string): string {
  const url = new URL(endpoint);
  if (url.hostname.startsWith("dynamodb.")) url.hostname = `streams.${url.hostname}`;
  return url.href;
}

function readError(bytes: Uint8Array): TableError | undefined {
  try {
    const body = JSON.parse(textOf(bytes)) as Record<string, unknown>;
    const type = String(body.__type ?? "");
    const code = type.slice(type.lastIndexOf("#") + 1) as TableErrorCode;
    if (code.length === 0) return undefined;
    return {
      code,
      message: String(body.message ?? body.Message ?? ""),
      ...(body.Item !== undefined && { item: body.Item as never }),
      ...(body.CancellationReasons !== undefined && { reasons: body.CancellationReasons as never }),
      ...throttlingOf(body),
    };
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}

function throttlingOf(body: Record<string, unknown>): Pick<TableError, "throttling"> {
  const given = body.ThrottlingReasons ?? body.throttlingReasons;
  return given === undefined ? {} : { throttling: given as never };
}
