/**
 * iot TestInvokeAuthorizer: `POST /authorizer/{name}/test`; asks the function as a client would
 * make it be asked, and tells what it answered. Also of an authorizer that is not active.
 */

import { fromBase64, memberOf } from "../../base/mod.ts";
import type { TestedClient } from "../../identity/mod.ts";
import { type Failure, failure, invalid, type Outcome } from "./answers.ts";
import { isTextMap, readAuthorizerName } from "./authorizers.ts";
import { type IotCall, readObjectBody } from "./operation.ts";

type Body = Readonly<Record<string, unknown>>;

const contexts = {
  httpContext: ["headers", "queryString"],
  mqttContext: ["username", "password", "clientId"],
  tlsContext: ["serverName"],
} as const;

export async function testInvokeAuthorizer(call: IotCall): Promise<Outcome> {
  const name = readAuthorizerName(call);
  if (typeof name !== "string") return name;
  const body = await readObjectBody(call);
  if ("type" in body) return body;
  const client = readClient(body.value);
  if ("type" in client) return client;
  const { authorizers, authorizerGate } = call.ports;
  const authorizer = authorizers.get(name);
  if (!authorizer) {
    return failure("ResourceNotFoundException", `there is no authorizer "${name}"`);
  }
  const tested = await authorizerGate.test(authorizer, client, call.client.ip);
  if (tested.ok) {
    const { principalId, texts, refreshAfterSeconds, disconnectAfterSeconds } = tested.answer;
    return {
      body: {
        isAuthenticated: true,
        principalId,
        policyDocuments: texts,
        refreshAfterInSeconds: refreshAfterSeconds,
        disconnectAfterInSeconds: disconnectAfterSeconds,
      },
    };
  }
  if (tested.kind === "refused") return { body: { isAuthenticated: false } };
  return failure("InvalidResponseException", tested.reason);
}

function readClient(body: Body): TestedClient | Failure {
  const known = ["token", "tokenSignature", ...Object.keys(contexts)];
  const unknown = Object.keys(body).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    return invalid(`"${unknown}" of TestInvokeAuthorizer is not implemented`);
  }
  const token = textOf(body, "token");
  const signature = textOf(body, "tokenSignature");
  const http = contextOf(body, "httpContext");
  const mqtt = contextOf(body, "mqttContext");
  const tls = contextOf(body, "tlsContext");
  for (const part of [token, signature, http, mqtt, tls]) {
    if (typeof part === "object" && "type" in part) return part as Failure;
  }
  const { password } = (mqtt ?? {}) as { password?: string };
  const bytes = password === undefined ? undefined : fromBase64(password);
  if (password !== undefined && !bytes) return invalid('"mqttContext.password" is not base64');
  return {
    token: token as string | undefined,
    signature: signature as string | undefined,
    http: http && httpOf(http as Body),
    mqtt: mqtt && {
      username: memberOf(mqtt as Record<string, string>, "username"),
      clientId: memberOf(mqtt as Record<string, string>, "clientId"),
      password: bytes,
    },
    tls: tls && { serverName: memberOf(tls as Record<string, string>, "serverName") },
  };
}

function httpOf(context: Body) {
  const headers = Object.entries(Object(context.headers) as Record<string, string>);
  return {
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    queryString: (context.queryString as string | undefined) ?? "",
  };
}

function textOf(body: Body, name: string): string | undefined | Failure {
  const value = memberOf(body, name);
  if (value === undefined || typeof value === "string") return value;
  return invalid(`"${name}" is no text`);
}

/** A context whose members are texts, but for headers. */
function contextOf(body: Body, name: keyof typeof contexts): Body | undefined | Failure {
  const value = memberOf(body, name);
  if (value === undefined) return undefined;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return invalid(`"${name}" is no object`);
  }
  for (const [member, one] of Object.entries(value)) {
    if (!(contexts[name] as readonly string[]).includes(member)) {
      return invalid(`"${name}.${member}" of TestInvokeAuthorizer is not implemented`);
    }
    const fits = member === "headers" ? isTextMap(one) : typeof one === "string";
    if (!fits) return invalid(`"${name}.${member}" is no text`);
  }
  return value as Body;
}
