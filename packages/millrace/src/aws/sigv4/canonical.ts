/**
 * The text that is signed: the request in its one canonical form.
 *
 * IAM user guide, "Create a signed AWS API request", steps 1 to 3.
 */

import { createHash } from "node:crypto";
import { algorithm, type CredentialScope } from "./claim.ts";
import { type Parameter, queryParameters, type SignableRequest, uriEncode } from "./request.ts";

export interface CanonicalParts {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Names in lower case, in the order in which the signer named them. */
  readonly headers: readonly Parameter[];
  /** Of the body, 64 hexadecimal digits, or a word that stands for it. */
  readonly payloadHash: string;
}

/** The request in six parts, a line or more each. */
export function canonicalRequest(parts: CanonicalParts): string {
  const headers = parts.headers.map(([name, value]) => `${name}:${trimmed(value)}\n`);
  return [
    parts.method,
    parts.path,
    canonicalQuery(parts.parameters),
    headers.join(""),
    parts.headers.map(([name]) => name).join(";"),
    parts.payloadHash,
  ].join("\n");
}

export function stringToSign(canonical: string, scope: CredentialScope, signedAt: string): string {
  return [algorithm, signedAt, scopeText(scope), sha256Hex(canonical)].join("\n");
}

export function scopeText({ date, region, service }: CredentialScope): string {
  return `${date}/${region}/${service}/aws4_request`;
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/**
 * S3 signs the path as it is sent. All other services take it without empty segments and dots, and
 * encode what is encoded already once more.
 */
export function canonicalPath({ path }: SignableRequest, service: string): string {
  if (service === "s3") return path;
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === "..") segments.pop();
    else segments.push(uriEncode(segment));
  }
  const isFolder = segments.length > 0 && path.endsWith("/");
  return `/${segments.join("/")}${isFolder ? "/" : ""}`;
}

/** All parameters but the signature, which cannot sign itself. */
export function signedParameters({ query }: SignableRequest): Parameter[] {
  return queryParameters(query).filter(([name]) => name !== "X-Amz-Signature");
}

function canonicalQuery(parameters: readonly Parameter[]): string {
  return parameters
    .map(([name, value]): Parameter => [uriEncode(name), uriEncode(value)])
    .sort(([name, value], [otherName, otherValue]) =>
      name === otherName ? compare(value, otherValue) : compare(name, otherName),
    )
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/** By bytes, which for encoded text are its characters. */
function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function trimmed(value: string): string {
  return value.trim().replace(/ +/g, " ");
}
