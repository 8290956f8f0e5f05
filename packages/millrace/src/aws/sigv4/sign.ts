/** Signs a request of our own, as a client does: in its headers, body included. */

import { canonicalRequest, scopeText, sha256Hex, stringToSign } from "./canonical.ts";
import { algorithm } from "./claim.ts";
import { deriveSigningKey, hmac } from "./signing-keys.ts";

export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** A POST to the root of a host, which is what JSON protocols send. */
export interface JsonPost {
  readonly host: string;
  readonly region: string;
  readonly service: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** All headers of the request, `authorization` among them. */
export function signedHeaders(
  { host, region, service, headers, body }: JsonPost,
  { accessKeyId, secretAccessKey, sessionToken }: SigningCredentials,
  nowMs: number,
): Record<string, string> {
  const signedAt = new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = { date: signedAt.slice(0, 8), region, service };
  const all: Record<string, string> = {
    ...headers,
    host,
    "x-amz-date": signedAt,
    ...(sessionToken !== undefined && { "x-amz-security-token": sessionToken }),
  };
  const names = Object.keys(all).sort();
  const canonical = canonicalRequest({
    method: "POST",
    path: "/",
    parameters: [],
    headers: names.map((name) => [name, all[name]!]),
    payloadHash: sha256Hex(body),
  });
  const key = deriveSigningKey(secretAccessKey, scope);
  const signature = Buffer.from(hmac(key, stringToSign(canonical, scope, signedAt)));
  const credential = `${accessKeyId}/${scopeText(scope)}`;
  const parts = `Credential=${credential}, SignedHeaders=${names.join(";")}`;
  const authorization = `${algorithm} ${parts}, Signature=${signature.toString("hex")}`;
  return { ...all, authorization };
}
