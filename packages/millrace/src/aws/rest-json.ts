/** REST-JSON: the operation stands in method and path; an error's name in `x-amzn-ErrorType`. */

export interface RestTarget {
  /** As sent, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Path and query as the HTTP server hands them on, without another round of normalising. */
export function restTarget(url: string): RestTarget {
  const pathStart = url.indexOf("/", url.indexOf("://") + 3);
  const target = pathStart < 0 ? "/" : url.slice(pathStart);
  const queryStart = target.indexOf("?");
  if (queryStart < 0) return { path: target, query: new URLSearchParams() };
  const query = new URLSearchParams(target.slice(queryStart + 1));
  return { path: target.slice(0, queryStart), query };
}

/** The label decoded once, or `undefined` when it is not percent-encoded UTF-8. */
export function decodeLabel(label: string): string | undefined {
  try {
    return decodeURIComponent(label);
  } catch {
    return undefined; // decodeURIComponent has no other way to say no
  }
}

export interface RestError {
  readonly status: number;
  /** Without a namespace, e.g. `ResourceNotFoundException`. */
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export function restErrorAnswer(error: RestError, requestId: string): Response {
  return new Response(JSON.stringify(error.body), {
    status: error.status,
    headers: {
      "content-type": "application/json",
      "x-amzn-errortype": error.type,
      "x-amzn-requestid": requestId,
    },
  });
}

/** The service that a request was signed for, as its `Authorization` header claims it. */
export function signedService(authorization: string | null): string | undefined {
  return /Credential=[^/,]+\/\d+\/[^/]+\/([^/]+)\/aws4_request/.exec(authorization ?? "")?.[1];
}
