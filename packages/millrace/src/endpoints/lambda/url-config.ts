/** The configuration of a function's URL: as requests set it, and as answers tell it. */

import { headerName } from "../../base/mod.ts";
import type { FunctionUrl, UrlCors, UrlSettings } from "../../functions/mod.ts";
import { invalidParameter } from "./answers.ts";
import { type Constraints, checkConstraints } from "./constraints.ts";
import { type Answer, type Body, type ControlCall, no } from "./operation.ts";

export const urlPath = /^\/2021-10-31\/functions\/([^/]+)\/url$/;

export const urlMembers = { AuthType: "string", Cors: "object", InvokeMode: "string" } as const;

const constraints: Constraints = {
  AuthType: { oneOf: ["NONE", "AWS_IAM"] },
  InvokeMode: { oneOf: ["BUFFERED", "RESPONSE_STREAM"] },
};
const corsLists = {
  AllowOrigins: "allowOrigins",
  AllowMethods: "allowMethods",
  AllowHeaders: "allowHeaders",
  ExposeHeaders: "exposeHeaders",
} as const;

/** What the body sets; a value that cannot be is refused. */
export function readUrlConfig(body: Body): { readonly changes: Partial<UrlSettings> } | Answer {
  const { AuthType, InvokeMode } = body;
  const problem = checkConstraints(body, constraints);
  if (problem) return problem;
  const cors = body.Cors === undefined ? undefined : readCors(body.Cors as Body);
  if (typeof cors === "string") return no(invalidParameter(cors));
  const changes = {
    ...(AuthType !== undefined && { signed: AuthType === "AWS_IAM" }),
    ...(InvokeMode !== undefined && { streamed: InvokeMode === "RESPONSE_STREAM" }),
    ...(cors && { cors: Object.keys(cors).length > 0 ? cors : undefined }),
  };
  return { changes };
}

/** The alias that the query names; a version, or `$LATEST`, has no URL of its own. */
export function readUrlQualifier({ qualifier }: ControlCall): Answer | undefined {
  if (qualifier === undefined || /^(?!\d+$)[A-Za-z0-9_-]{1,128}$/.test(qualifier)) return undefined;
  return no(invalidParameter(`A URL belongs to a function or an alias, not to "${qualifier}"`));
}

/** As the four operations answer it. */
export function tellUrlConfig(url: FunctionUrl, { functions, urlOf }: ControlCall) {
  const { functionName, qualifier, signed, streamed, cors, createdMs, lastModifiedMs } = url;
  const arn = functions.control.arnOf(functionName);
  return {
    FunctionUrl: urlOf(url.id),
    FunctionArn: qualifier === undefined ? arn : `${arn}:${qualifier}`,
    AuthType: signed ? "AWS_IAM" : "NONE",
    InvokeMode: streamed ? "RESPONSE_STREAM" : "BUFFERED",
    ...(cors && { Cors: tellCors(cors) }),
    CreationTime: new Date(createdMs).toISOString(),
    LastModifiedTime: new Date(lastModifiedMs).toISOString(),
  };
}

function readCors(given: Body): UrlCors | string {
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === null) continue;
    if (name === "MaxAge") {
      const isAge = Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 86_400;
      if (!isAge) return `"Cors.MaxAge" is a whole number from 0 to 86400, not "${value}"`;
      read.maxAgeSeconds = value;
    } else if (name === "AllowCredentials") {
      if (typeof value !== "boolean") return '"Cors.AllowCredentials" must be a boolean';
      read.allowCredentials = value;
    } else if (Object.hasOwn(corsLists, name)) {
      const isList = Array.isArray(value) && value.every((one) => typeof one === "string");
      if (!isList) return `"Cors.${name}" must be a list of texts`;
      // Origins are only compared; what else is said goes out in a header.
      const other =
        name === "AllowOrigins" ? undefined : value.find((one) => !headerName.test(one));
      if (other !== undefined)
        return `"Cors.${name}" holds names as headers take them, not "${other}"`;
      read[corsLists[name as keyof typeof corsLists]] = value;
    } else return `"Cors.${name}" is not implemented`;
  }
  return read;
}

function tellCors(cors: UrlCors): object {
  const lists = Object.entries(corsLists).map(([name, key]) => [name, cors[key]]);
  const all = [
    ...lists,
    ["MaxAge", cors.maxAgeSeconds],
    ["AllowCredentials", cors.allowCredentials],
  ];
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}
