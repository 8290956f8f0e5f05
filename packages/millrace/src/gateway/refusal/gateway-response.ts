/**
 * What a REST API says instead of its own words when it answers without a function: a status,
 * headers and a body by the kind of refusal. One of a kind counts before those of all 4xx or 5xx,
 * whose headers it does not inherit. [API Gateway: gateway responses]
 */

import type { WholeAnswer } from "../answer.ts";
import { AnswerHeaders } from "../answer-headers.ts";
import type { GatewayResponseDefinition, HttpApiDefinition } from "../definition.ts";
import type { EdgeRequest } from "../request.ts";
import type { Refusal } from "./refusals.ts";

export interface Refused {
  readonly refusal: Refusal;
  /** Absent: it could not be read. */
  readonly request: EdgeRequest | undefined;
}

const said: Readonly<Record<string, (refused: Refused, responseType: string) => string>> = {
  "error.messageString": ({ refusal }) => JSON.stringify(refusal.message),
  "error.message": ({ refusal }) => refusal.message ?? "",
  "error.responseType": (_, responseType) => responseType,
  requestId: ({ request }) => request?.requestId ?? "",
  extendedRequestId: ({ request }) => request?.gatewayId ?? "",
};

const variable = /\$context\.(error\.\w+|\w+)/g;

/** What of a body is mapped and not known here; `undefined`: nothing. */
export function unknownInBody(body: string): string | undefined {
  const left = body.replace(variable, (whole, name: string) =>
    Object.hasOwn(said, name) ? "" : whole,
  );
  return /[$#][\w!{*#.]*/.exec(left)?.[0];
}

/** `answer` as the API wants such refusals; itself where it has not said. */
export function customized(
  answer: WholeAnswer,
  refused: Refused,
  { gatewayResponses = {} }: Pick<HttpApiDefinition, "gatewayResponses">,
): WholeAnswer {
  const { refusal } = refused;
  const all = refusal.status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX";
  const type = refusal.responseType ?? all;
  const own: GatewayResponseDefinition | undefined =
    gatewayResponses[type] ?? gatewayResponses[all];
  if (!own) return answer;
  const headers = new AnswerHeaders(answer.headers);
  const { status = answer.status, body } = own;
  if (body) headers.set("content-type", body.mediaType);
  for (const name in own.headers) headers.set(name, own.headers[name]!);
  if (!body) return { status, headers, body: answer.body };
  const text = body.template.replace(variable, (_, name: string) => said[name]!(refused, type));
  return { status, headers, body: text };
}
