/**
 * The few APIs that the edge offers to everyone: how a browser comes to credentials.
 *
 * They stand at `POST /` of the edge and are told by their `X-Amz-Target`, so that an SDK finds
 * them with the page's own origin as its `endpoint`. Pages of this machine may ask from another
 * port; no other page may ask across origins.
 *
 * And how a device without MQTT publishes: `POST /topics/...`, when it names a custom authorizer or
 * brings the default one's token.
 */

import { parseTarget, restTarget } from "../aws/mod.ts";
import { isLoopbackOrigin, newUuid } from "../base/mod.ts";
import { answerPools, poolService } from "./cognito-identity/service.ts";
import { answerPublish } from "./iotdata/service.ts";
import type { Client, IdentityCall, IdentityPorts, PublishPorts } from "./ports.ts";
import { answerOpenTokens, isQueryOfSdk } from "./sts/service.ts";
import { isPreflight, openToOrigin, preflightAnswer } from "./web-pages.ts";

/** The answer, or `undefined` when the request is not for one of these APIs. */
export type PublicDoor = (request: Request, client: Client) => Promise<Response> | undefined;

const topicsPath = "/topics/";

/** Whether a request may be for one of these APIs, before anything of it is looked at. */
export function isPublicPath({ method, path }: { readonly method: string; readonly path: string }) {
  if (method !== "POST" && method !== "OPTIONS") return false;
  return path === "/" || path.startsWith(topicsPath);
}

/** For the edge; what it offers is in the page comment. */
export function createPublicDoor(ports: IdentityPorts & PublishPorts): PublicDoor {
  return (request, client) => {
    if (request.method !== "POST" && request.method !== "OPTIONS") return undefined;
    const origin = request.headers.get("origin");
    const isNear = origin !== null && isLoopbackOrigin(origin);
    if (isNear && asksForTarget(request)) {
      return Promise.resolve(openToOrigin(preflightAnswer(request), origin));
    }
    if (request.method !== "POST") return undefined;
    const call = { request, client, ports, requestId: newUuid(ports.random) };
    const answer = answerIdentity(call) ?? answerPublish(call, true);
    return isNear ? answer?.then((response) => openToOrigin(response, origin)) : answer;
  };
}

/** `undefined` when the request is not about how one comes to credentials. */
function answerIdentity(call: IdentityCall): Promise<Response> | undefined {
  const { request } = call;
  if (request.method !== "POST" || !isRoot(request)) return undefined;
  const target = parseTarget(request.headers.get("x-amz-target"));
  if (target?.service === poolService) return answerPools(call, target.operation);
  return !target && isQueryOfSdk(request) ? answerOpenTokens(call) : undefined;
}

function asksForTarget(request: Request): boolean {
  if (!isPreflight(request) || !isRoot(request)) return false;
  const asked = request.headers.get("access-control-request-headers") ?? "";
  // An expression for the commas and their blanks would look at each blank again and again.
  const names = asked.split(",").map((name) => name.trim().toLowerCase());
  return names.includes("x-amz-target") || names.includes("x-amz-user-agent");
}

function isRoot(request: Request): boolean {
  return restTarget(request.url).path === "/";
}
