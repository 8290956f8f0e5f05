/**
 * Gateway responses: what a REST API says in place of its own words where no function answers, as
 * SAM's `GatewayResponses` and resources of their own have it. Headers are texts, bodies are texts
 * with a few `$context` variables; what else is mapped is refused.
 */

import { headerName } from "../../../../base/mod.ts";
import { type GatewayResponseDefinition, unknownInBody } from "../../../../gateway/mod.ts";
import type { Path } from "../../../resource-type.ts";
import { dictionary, object, text, type ValueOf } from "../../../schema.ts";
import { ofTheConnection } from "./mock.ts";

/** Of these, those whose causes are refused here never come. [API Gateway: response types] */
export const responseTypes = [
  "ACCESS_DENIED",
  "API_CONFIGURATION_ERROR",
  "AUTHORIZER_CONFIGURATION_ERROR",
  "AUTHORIZER_FAILURE",
  "BAD_REQUEST_BODY",
  "BAD_REQUEST_PARAMETERS",
  "DEFAULT_4XX",
  "DEFAULT_5XX",
  "EXPIRED_TOKEN",
  "INTEGRATION_FAILURE",
  "INTEGRATION_TIMEOUT",
  "INVALID_API_KEY",
  "INVALID_SIGNATURE",
  "MISSING_AUTHENTICATION_TOKEN",
  "QUOTA_EXCEEDED",
  "REQUEST_TOO_LARGE",
  "RESOURCE_NOT_FOUND",
  "THROTTLED",
  "UNAUTHORIZED",
  "UNSUPPORTED_MEDIA_TYPE",
  "WAF_FILTERED",
] as const;

export const status = text({ pattern: /^[45]\d\d$/, form: "a status from 400 to 599" });
export const quoted = text({ pattern: /^'[ -&(-~]*'$/, form: "printable ASCII, quoted once more" });
export const templates = dictionary(text(), /^[\w.+-]+\/[\w.+-]+$/);

export const samGatewayResponses = dictionary(
  object({
    StatusCode: status,
    ResponseParameters: object({ Headers: dictionary(quoted, headerName) }),
    ResponseTemplates: templates,
  }),
  new RegExp(`^(${responseTypes.join("|")})$`),
);

type Report = (path: Path, message: string) => void;

/** `undefined` where there is none. */
export function readSamResponses(
  given: ValueOf<typeof samGatewayResponses> | undefined,
  report: Report,
): Record<string, GatewayResponseDefinition> | undefined {
  if (!given) return undefined;
  const responses = Object.entries(given).map(([type, one]) => {
    const own = { ...one, headers: one.ResponseParameters?.Headers };
    return [type, readResponse(own, (path, message) => report([type, ...path], message))] as const;
  });
  return Object.fromEntries(responses);
}

interface Given {
  readonly StatusCode?: string | undefined;
  readonly ResponseTemplates?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** What is mapped and not implemented is reported. */
export function readResponse(given: Given, report: Report): GatewayResponseDefinition {
  const { StatusCode: code, ResponseTemplates: bodies = {}, headers = {} } = given;
  const [first, second] = Object.entries(bodies);
  if (second) {
    const message = "one body alone is implemented: it is that of every answer";
    report(["ResponseTemplates", second[0]], message);
  }
  const unknown = first && unknownInBody(first[1]);
  if (first && unknown !== undefined) {
    const message = `'${unknown}' is not implemented; $context.error.messageString is`;
    report(["ResponseTemplates", first[0]], message);
  }
  const bare = Object.entries(headers).map(([name, value]) => [
    name.toLowerCase(),
    value.slice(1, -1),
  ]);
  for (const [name = ""] of bare) {
    if (!ofTheConnection.has(name)) continue;
    report(["ResponseParameters"], `'${name}' is the connection's, not the API's to say`);
  }
  return {
    ...(code !== undefined && { status: Number(code) }),
    headers: Object.fromEntries(bare),
    ...(first && { body: { mediaType: first[0], template: first[1] } }),
  };
}
