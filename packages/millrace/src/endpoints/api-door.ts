/**
 * Routes a request to its operation: by `X-Amz-Target`, else by method and path.
 *
 * What is not implemented is refused by name; what is signed for S3 before its path is looked at,
 * which begins with a bucket and may be that of another service. Each service verifies
 * signatures and asks the caller's policies (`gate.ts`); only where anonymous access is let in
 * does an unsigned request count as the owner's. Hosts and pages of elsewhere are refused before
 * that.
 */

import { parseTarget, type RestTarget, restTarget, signedService } from "../aws/mod.ts";
import { isLoopbackOrigin, newUuid, shortened } from "../base/mod.ts";
import { absentQuery, absentS3 } from "./absent-service.ts";
import { answerScaling, scalingService } from "./application-auto-scaling/service.ts";
import { answerPools, poolService } from "./cognito-identity/service.ts";
import {
  answerTables,
  refuseTarget,
  tableService,
  tableStreamService,
} from "./dynamodb/service.ts";
import { answerEvents, eventService } from "./events/service.ts";
import { answerIot } from "./iot/service.ts";
import { answerIotData } from "./iotdata/service.ts";
import { answerLambda } from "./lambda/service.ts";
import { answerLogs, logService } from "./logs/service.ts";
import { answerOwn } from "./own/service.ts";
import { plainError } from "./plain-error.ts";
import type { ApiDoor, ApiDoorPorts, Call } from "./ports.ts";
import { answerTokens, isQuery } from "./sts/service.ts";
import {
  foreignHost,
  isLoopbackHost,
  isPreflight,
  openToOrigin,
  preflightAnswer,
} from "./web-pages.ts";

export function createApiDoor(ports: ApiDoorPorts): ApiDoor {
  return async (request, client) => {
    const call: Call = { request, client, requestId: newUuid(ports.random), ports };
    const host = request.headers.get("host");
    if (!isLoopbackHost(host)) {
      const shown = shortened(host ?? "");
      ports.logger.warn("request for a foreign host refused", { host: shown, ip: client.ip });
      return plainError(call, 403, foreignHost(host));
    }
    const origin = request.headers.get("origin");
    if (origin === null) return route(call);
    if (!isLoopbackOrigin(origin)) {
      ports.logger.warn("request of a foreign web page refused", {
        origin: shortened(origin),
        ip: client.ip,
      });
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
  if (target.path === "/" && isQuery(request)) return answerQuery(call);
  const service = serviceOf(request, target);
  if (service === "s3") {
    const what = `${request.method} "${target.path}"`;
    return absentS3({ service, what, requestId: call.requestId });
  }
  return (
    answerOwn(call, target) ??
    answerLambda(call, target) ??
    answerIotData(call, target) ??
    answerIot(call, target) ??
    refuseUnknown(call, target)
  );
}

/** The service that a request was signed for, in its header or, where it has none, in its query. */
function serviceOf({ headers }: Request, { query }: RestTarget): string | undefined {
  const presigned = `Credential=${query.get("X-Amz-Credential")}`;
  return signedService(headers.get("authorization") ?? presigned);
}

/** The token service, and others that speak as it does, which its own words would mislead. */
async function answerQuery(call: Call): Promise<Response> {
  const { request, requestId } = call;
  const service = signedService(request.headers.get("authorization"));
  if (service === undefined || service === "sts") return answerTokens(call);
  return absentQuery({ service, what: `${request.method} "/"`, requestId });
}

async function routeByHeader(call: Call, header: string): Promise<Response> {
  const target = parseTarget(header);
  const isOfTables = target?.service === tableService || target?.service === tableStreamService;
  if (target && isOfTables) return answerTables(call, target);
  // Of an older version, or of none.
  if (header.startsWith("DynamoDB")) return refuseTarget(call, header);
  if (!target) return plainError(call, 400, `X-Amz-Target "${header}" names no operation`);
  if (target.service === logService) return answerLogs(call, target.operation);
  if (target.service === eventService) return answerEvents(call, target.operation);
  if (target.service === scalingService) return answerScaling(call, target.operation);
  if (target.service === poolService) return answerPools(call, target.operation);
  return plainError(call, 404, `The service of X-Amz-Target "${header}" is not implemented`);
}

function refuseUnknown({ request, ...call }: Call, target: RestTarget): Response {
  const service = serviceOf(request, target);
  if (service === "dynamodb" && target.path === "/") return refuseTarget(call);
  const owner = service ? ` of the service "${service}"` : "";
  return plainError(call, 404, `${request.method} "${target.path}"${owner} is not implemented`);
}
