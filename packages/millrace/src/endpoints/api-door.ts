/**
 * Routes a request to its operation: by `X-Amz-Target`, else by method and path.
 *
 * What is not implemented is refused by name. Signatures are not verified yet: whoever reaches the
 * door is trusted, so it stands open to this machine only.
 */

import { parseTarget, type RestTarget, restTarget, signedService } from "../aws/mod.ts";
import { newUuid } from "../base/mod.ts";
import { answerTables, tableService, tableStreamService } from "./dynamodb/service.ts";
import { answerIotData } from "./iotdata/service.ts";
import { answerLambda } from "./lambda/service.ts";
import type { ApiDoor, ApiDoorPorts, Call } from "./ports.ts";
import { textFormat, writeFigures } from "./prometheus.ts";
import { isLoopbackOrigin, isPreflight, openToOrigin, preflightAnswer } from "./web-pages.ts";

export function createApiDoor(ports: ApiDoorPorts): ApiDoor {
  return async (request, client) => {
    const call: Call = { request, client, requestId: newUuid(ports.random), ports };
    const origin = request.headers.get("origin");
    if (origin === null) return route(call);
    if (!isLoopbackOrigin(origin)) {
      ports.logger.warn("request of a foreign web page refused", { origin, ip: client.ip });
      return plainError(call, 403, `Pages of "${origin}" may not use the API of this machine`);
    }
    const answer = isPreflight(request) ? preflightAnswer(request) : await route(call);
    return openToOrigin(answer, origin);
  };
}

async function route(call: Call): Promise<Response> {
  const { request } = call;
  const header = request.headers.get("x-amz-target");
  if (header !== null) return routeByHeader(call, header);
  const target = restTarget(request.url);
  if (target.path === "/_millrace/ready") return answerReady(call);
  if (target.path === "/metrics") return answerFigures(call);
  return answerLambda(call, target) ?? answerIotData(call, target) ?? refuseUnknown(call, target);
}

async function routeByHeader(call: Call, header: string): Promise<Response> {
  const target = parseTarget(header);
  if (!target) return plainError(call, 400, `X-Amz-Target "${header}" names no operation`);
  if (target.service === tableService || target.service === tableStreamService) {
    return answerTables(call, target);
  }
  return plainError(call, 404, `The service of X-Amz-Target "${header}" is not implemented`);
}

function answerReady(call: Call): Response {
  if (call.request.method !== "GET") return plainError(call, 405, "Readiness answers GET alone");
  const missing = call.ports.missing();
  const ready = missing.length === 0;
  return Response.json({ ready, missing }, { status: ready ? 200 : 503 });
}

function answerFigures(call: Call): Response {
  if (call.request.method !== "GET") return plainError(call, 405, "Figures are read with GET");
  const headers = { "content-type": textFormat };
  return new Response(writeFigures(call.ports.figures()), { headers });
}

function refuseUnknown({ request, ...call }: Call, { path }: RestTarget): Response {
  const service = signedService(request.headers.get("authorization"));
  const owner = service ? ` of the service "${service}"` : "";
  return plainError(call, 404, `${request.method} "${path}"${owner} is not implemented`);
}

function plainError({ requestId }: Pick<Call, "requestId">, status: number, message: string) {
  return Response.json({ message }, { status, headers: { "x-amzn-requestid": requestId } });
}
