/**
 * The few APIs that the edge offers to everyone: how a browser comes to credentials.
 *
 * They stand at `POST /` of the edge and are told by their `X-Amz-Target`, so that an SDK finds
 * them with the page's own origin as its `endpoint`. Pages of this machine may ask from another
 * port; no other page may ask across origins.
 *
 * And how a device without MQTT publishes: `POST /topics/...`, when it names a custom authorizer.
 */

import { parseTarget, restTarget } from "../aws/mod.ts";
import { isLoopbackOrigin, newUuid } from "../base/mod.ts";
import { answerPools, poolService } from "./cognito-identity/service.ts";
import { answerPublish } from "./iotdata/service.ts";
import type { Client, IdentityPorts, PublishPorts } from "./ports.ts";
import { isPreflight, openToOrigin, preflightAnswer } from "./web-pages.ts";

/** The answer, or `undefined` when the request is not for one of these APIs. */
export type PublicDoor = (request: Request, client: Client) => Promise<Response> | undefined;

export function createPublicDoor(ports: IdentityPorts & PublishPorts): PublicDoor {
  return (request, client) => {
    const origin = request.headers.get("origin");
    const isNear = origin !== null && isLoopbackOrigin(origin);
    if (isNear && asksForTarget(request)) {
      return Promise.resolve(openToOrigin(preflightAnswer(request), origin));
    }
    const target = parseTarget(request.headers.get("x-amz-target"));
    if (target?.service !== poolService || request.method !== "POST" || !isRoot(request)) {
      return answerPublish({ request, client, ports, requestId: newUuid(ports.random) });
    }
    const call = { request, client, ports, requestId: newUuid(ports.random) };
    const answer = answerPools(call, target.operation);
    return isNear ? answer.then((response) => openToOrigin(response, origin)) : answer;
  };
}

function asksForTarget(request: Request): boolean {
  if (!isPreflight(request) || !isRoot(request)) return false;
  const asked = request.headers.get("access-control-request-headers") ?? "";
  return asked
    .toLowerCase()
    .split(/\s*,\s*/)
    .includes("x-amz-target");
}

function isRoot(request: Request): boolean {
  return restTarget(request.url).path === "/";
}
