/** Signs a request of ours to a service of somebody else's: `POST /` with a body. */

import { canonicalRequest, scopeText, sha256Hex, stringToSign } from "./canonical.ts";
import { algorithm } from "./claim.ts";
import type { Parameter } from "./request.ts";
import { hmac, type SigningKeys } from "./signing-keys.ts";

export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface RequestToSign {
  /** With its port, where it is not the scheme's own. */
  readonly host: string;
  /** Names in lower case. */
  readonly headers: readonly Parameter[];
  readonly body: Uint8Array;
  readonly region: string;
  readonly service: string;
}

export interface SigningOptions {
  readonly credentials: SigningCredentials;
  readonly keys: SigningKeys;
  readonly nowMs: number;
}

/** All headers of the signed request but `host`. */
export function signPost(
  { host, headers, body, region, service }: RequestToSign,
  { credentials, keys, nowMs }: SigningOptions,
): Parameter[] {
  const signedAt = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = { date: signedAt.slice(0, 8), region, service };
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const all: Parameter[] = [
    ...headers,
    ["x-amz-date", signedAt],
    ...(sessionToken === undefined ? [] : [["x-amz-security-token", sessionToken] as Parameter]),
  ];
  const signed = [...all, ["host", host] as Parameter].sort(([left], [right]) =>
    left < right ? -1 : 1,
  );
  const canonical = canonicalRequest({
    method: "POST",
    path: "/",
    parameters: [],
    headers: signed,
    payloadHash: sha256Hex(body),
  });
  const key = keys.get(secretAccessKey, scope);
  const signature = Buffer.from(hmac(key, stringToSign(canonical, scope, signedAt)));
  const words = [
    `Credential=${accessKeyId}/${scopeText(scope)}`,
    `SignedHeaders=${signed.map(([name]) => name).join(";")}`,
    `Signature=${signature.toString("hex")}`,
  ];
  return [...all, ["authorization", `${algorithm} ${words.join(", ")}`]];
}
