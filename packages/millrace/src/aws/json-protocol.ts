/**
 * AWS JSON 1.0 and 1.1: every request is `POST /`, the operation stands in `X-Amz-Target`.
 */

export type JsonVersion = "1.0" | "1.1";

export interface JsonTarget {
  /** With its version, e.g. `DynamoDB_20120810`. */
  readonly service: string;
  readonly operation: string;
}

/** `undefined` when the header is absent or has no dot. */
export function parseTarget(header: string | null): JsonTarget | undefined {
  const dot = header?.lastIndexOf(".") ?? -1;
  if (!header || dot <= 0) return undefined;
  return { service: header.slice(0, dot), operation: header.slice(dot + 1) };
}

export interface JsonError {
  readonly status: number;
  /** With its namespace, e.g. `com.amazonaws.dynamodb.v20120810#ResourceNotFoundException`. */
  readonly type: string;
  /** Absent where the service says nothing more. */
  readonly message?: string;
  /** Further members of the body. */
  readonly members?: Readonly<Record<string, unknown>> | undefined;
}

export interface JsonAnswerOptions {
  readonly version: JsonVersion;
  readonly requestId: string;
  readonly status?: number;
}

export function jsonAnswer(body: unknown, options: JsonAnswerOptions): Response {
  return new Response(JSON.stringify(body), {
    status: options.status ?? 200,
    headers: {
      "content-type": `application/x-amz-json-${options.version}`,
      "x-amzn-requestid": options.requestId,
    },
  });
}

export function jsonErrorAnswer(
  error: JsonError,
  options: Omit<JsonAnswerOptions, "status">,
): Response {
  const body = { __type: error.type, message: error.message, ...error.members };
  return jsonAnswer(body, { ...options, status: error.status });
}
