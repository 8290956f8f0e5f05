/** Signs a request in its headers, as any client would; for what asks a node of ours. */

import {
  canonicalPath,
  canonicalRequest,
  scopeText,
  sha256Hex,
  stringToSign,
} from "./canonical.ts";
import { algorithm } from "./claim.ts";
import { queryParameters } from "./request.ts";
import { deriveSigningKey, hmac } from "./signing-keys.ts";

export interface SigningOptions {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly service: string;
  readonly nowMs: number;
}

/** The headers that a GET of this address needs. */
export function signedHeaders(url: URL, options: SigningOptions): Record<string, string> {
  const { accessKeyId, secretAccessKey, region, service, nowMs } = options;
  const signedAt = new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = { date: signedAt.slice(0, 8), region, service };
  const query = url.search.slice(1);
  const request = { method: "GET", path: url.pathname, query, headers: new Headers() };
  const canonical = canonicalRequest({
    method: "GET",
    path: canonicalPath(request, service),
    parameters: queryParameters(query),
    headers: [
      ["host", url.host],
      ["x-amz-date", signedAt],
    ],
    payloadHash: sha256Hex(""),
  });
  const key = deriveSigningKey(secretAccessKey, scope);
  const signature = Buffer.from(hmac(key, stringToSign(canonical, scope, signedAt))).toString(
    "hex",
  );
  const parts = [
    `Credential=${accessKeyId}/${scopeText(scope)}`,
    "SignedHeaders=host;x-amz-date",
    `Signature=${signature}`,
  ];
  return { authorization: `${algorithm} ${parts.join(", ")}`, "x-amz-date": signedAt };
}
