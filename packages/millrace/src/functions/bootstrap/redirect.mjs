/**
 * Leads requests to AWS that are signed with the function's own key to the server's API instead.
 *
 * For version 2 of the SDK, which knows no AWS_ENDPOINT_URL; installed or bundled, all of it goes
 * through `https.request` with an options object. AWS could make nothing of such a key. The
 * signature names the host, so the request is signed again, as the first one was [SigV4].
 */

import { createHash, createHmac } from "node:crypto";
import http from "node:http";
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";

const scopeForm = "\\d{8}/[^/]+/([^/]+)/aws4_request";
const authorization = new RegExp(
  `^AWS4-HMAC-SHA256 Credential=([^/]+)/(${scopeForm}), *SignedHeaders=([^,]+), *Signature=`,
);

/** From now on; `variables` are the function's. */
export function redirectSignedRequests(variables) {
  const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = variables;
  if (!URL.canParse(AWS_ENDPOINT_URL)) return;
  const endpoint = new URL(AWS_ENDPOINT_URL);
  const key = { id: AWS_ACCESS_KEY_ID, secret: AWS_SECRET_ACCESS_KEY };
  const request = https.request;
  const local = endpoint.protocol === "https:" ? request : http.request;
  https.request = (options, ...rest) => {
    const redirected = redirect(options, endpoint, key);
    return redirected ? local(redirected, ...rest) : request(options, ...rest);
  };
  syncBuiltinESMExports();
}

/** `undefined`: not for AWS, or not signed with this key. */
function redirect(options, endpoint, key) {
  const { hostname = options.host, path = "/", method = "GET" } = options;
  if (!/\.amazonaws\.com(\.cn)?$/.test(hostname ?? "")) return undefined;
  const headers = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    headers[name.toLowerCase()] = String(value);
  }
  const [, id, scope, service, names] = authorization.exec(headers.authorization) ?? [];
  if (id !== key.id || !headers["x-amz-content-sha256"]) return undefined;
  headers.host = endpoint.host;
  const signature = sign({ method, path, headers, scope, service, names, secret: key.secret });
  headers.authorization =
    `AWS4-HMAC-SHA256 Credential=${id}/${scope}, ` +
    `SignedHeaders=${names}, Signature=${signature}`;
  return {
    ...options,
    protocol: endpoint.protocol,
    host: endpoint.hostname,
    hostname: endpoint.hostname,
    port: endpoint.port,
    agent: undefined,
    headers,
  };
}

function sign({ method, path, headers, scope, service, names, secret }) {
  const [pathname, query = ""] = path.split("?");
  const canonical = [
    method,
    service === "s3" ? pathname : pathname.split("/").map(encodeURIComponent).join("/"),
    query.split("&").sort().join("&"),
    ...names.split(";").map((name) => `${name}:${headers[name].trim().replace(/ +/g, " ")}`),
    "",
    names,
    headers["x-amz-content-sha256"],
  ].join("\n");
  const hash = createHash("sha256").update(canonical).digest("hex");
  const text = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, hash].join("\n");
  const derived = scope.split("/").reduce(hmac, `AWS4${secret}`);
  return hmac(derived, text).toString("hex");
}

function hmac(key, text) {
  return createHmac("sha256", key).update(text).digest();
}
