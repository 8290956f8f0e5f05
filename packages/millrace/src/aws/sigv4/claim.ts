/**
 * Who a request says to come from, and the signature that is to prove it: from its `Authorization`
 * header, or from the parameters of a presigned URL. Nothing is believed yet.
 *
 * IAM user guide, "Elements of an AWS API request signature".
 */

import { shortened } from "../../base/mod.ts";
import { incomplete, type SignatureProblem } from "./problem.ts";
import {
  type HeaderReader,
  queryParameters,
  type RequestHead,
  type SignableRequest,
} from "./request.ts";

export const algorithm = "AWS4-HMAC-SHA256";

/** What a signing key is good for. */
export interface CredentialScope {
  /** `YYYYMMDD`, in UTC. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

export interface SignatureClaim {
  readonly place: "header" | "query";
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
  /** `YYYYMMDD'T'HHMMSS'Z'`. */
  readonly signedAt: string;
  /** In lower case, as they were named. */
  readonly signedHeaders: readonly string[];
  /** 64 hexadecimal digits, if it is one. */
  readonly signature: string;
  /** Of temporary credentials. */
  readonly sessionToken: string | undefined;
  /** How long a presigned URL is good for, where it says so. */
  readonly expiresSeconds: number | undefined;
}

export type ClaimReading =
  | { readonly ok: true; readonly claim: SignatureClaim }
  | { readonly ok: false; readonly problem: SignatureProblem };

/** `undefined` when the request is not signed at all. */
export function readClaim(request: SignableRequest): ClaimReading | undefined {
  const authorization = request.headers.get("authorization");
  if (authorization !== null) return fromHeader(authorization, request.headers);
  const parameters = new Map(queryParameters(request.query));
  return parameters.has("X-Amz-Algorithm") ? fromQuery(parameters) : undefined;
}

function fromHeader(authorization: string, headers: HeaderReader): ClaimReading {
  const [scheme = "", ...rest] = authorization.trim().split(/\s+/);
  if (scheme !== algorithm) {
    return refused(
      `Authorization header names the algorithm "${shortened(scheme)}", not "${algorithm}".`,
    );
  }
  const elements = new Map(
    rest
      .join("")
      .split(",")
      .map((element): [string, string] => {
        const equals = element.indexOf("=");
        return [element.slice(0, Math.max(equals, 0)), element.slice(equals + 1)];
      }),
  );
  const missing = ["Credential", "Signature", "SignedHeaders"].filter(
    (name) => !elements.get(name),
  );
  if (missing.length > 0) {
    const demands = missing.map((name) => `Authorization header requires '${name}' parameter.`);
    return refused(demands.join(" "));
  }
  const signedAt = headers.get("x-amz-date") ?? basicDate(headers.get("date"));
  if (!signedAt) {
    return refused(
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    );
  }
  return claimOf(elements.get("Credential")!, {
    place: "header",
    signedAt,
    signedHeaders: elements.get("SignedHeaders")!.toLowerCase().split(";"),
    signature: elements.get("Signature")!,
    sessionToken: headers.get("x-amz-security-token") ?? undefined,
    expiresSeconds: undefined,
  });
}

function fromQuery(parameters: ReadonlyMap<string, string>): ClaimReading {
  const value = (name: string) => parameters.get(`X-Amz-${name}`) ?? "";
  if (value("Algorithm") !== algorithm) {
    return refused(`X-Amz-Algorithm is "${shortened(value("Algorithm"))}", not "${algorithm}".`);
  }
  const missing = ["Credential", "Date", "SignedHeaders", "Signature"].filter(
    (name) => !value(name),
  );
  if (missing.length > 0) {
    const demands = missing.map(
      (name) => `AWS query-string parameters must include 'X-Amz-${name}'.`,
    );
    return refused(demands.join(" "));
  }
  const expires = parameters.get("X-Amz-Expires");
  if (expires !== undefined && !isExpiry(expires)) {
    return refused(
      `X-Amz-Expires must be a number from 1 to ${expiresMax}, not "${shortened(expires)}".`,
    );
  }
  return claimOf(value("Credential"), {
    place: "query",
    signedAt: value("Date"),
    signedHeaders: value("SignedHeaders").toLowerCase().split(";"),
    signature: value("Signature"),
    sessionToken: parameters.get("X-Amz-Security-Token"),
    expiresSeconds: expires === undefined ? undefined : Number(expires),
  });
}

function claimOf(
  credential: string,
  rest: Omit<SignatureClaim, "accessKeyId" | "scope">,
): ClaimReading {
  // An access key id may hold slashes nowhere, but the four parts of the scope are always last.
  const parts = credential.split("/");
  const [accessKeyId, date, region, service, end] = parts;
  if (
    parts.length !== 5 ||
    !accessKeyId ||
    !/^\d{8}$/.test(date ?? "") ||
    !date ||
    !region ||
    !service ||
    end !== "aws4_request"
  ) {
    return refused(
      `Credential must be <access key id>/YYYYMMDD/<region>/<service>/aws4_request, ` +
        `not "${shortened(credential)}".`,
    );
  }
  // Asking for a header by any other name would throw.
  const unnamed = rest.signedHeaders.find((name) => !headerName.test(name));
  if (unnamed !== undefined) {
    return refused(`SignedHeaders names "${shortened(unnamed)}", which is no header's name.`);
  }
  if (!/^\d{8}T\d{6}Z$/.test(rest.signedAt)) {
    return refused(`Date must be in ISO-8601 basic format, not "${shortened(rest.signedAt)}".`);
  }
  if (!rest.signedAt.startsWith(date)) {
    return refused(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ` +
        `'${date}' != '${rest.signedAt.slice(0, 8)}', from '${rest.signedAt}'.`,
    );
  }
  return { ok: true, claim: { ...rest, accessKeyId, scope: { date, region, service } } };
}

/** A token. [RFC 9110: 5.6.2] */
const headerName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/** A week. */
const expiresMax = 604_800;

function isExpiry(text: string): boolean {
  return /^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= expiresMax;
}

/** A `Date` header in the form of `X-Amz-Date`. */
function basicDate(date: string | null): string | undefined {
  const timeMs = Date.parse(date ?? "");
  if (Number.isNaN(timeMs)) return undefined;
  return new Date(timeMs).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

function refused(message: string): ClaimReading {
  return { ok: false, problem: incomplete(message) };
}

/**
 * The access key that a request names, however incomplete the rest of its signature is;
 * `undefined` when it names none.
 */
export function signedKeyId({ headers, query }: SignableRequest): string | undefined {
  const header = headers.get("authorization");
  if (header !== null) return /\bCredential=([^/,\s]+)/.exec(header)?.[1];
  const credential = queryParameters(query).find(([name]) => name === "X-Amz-Credential");
  return credential?.[1].split("/")[0];
}

/** Whether the request carries a signature at all, of whatever worth. */
export function isSigned({ headers, url }: Pick<RequestHead, "headers" | "url">): boolean {
  return headers.has("authorization") || /[?&]X-Amz-Algorithm=/.test(url);
}
