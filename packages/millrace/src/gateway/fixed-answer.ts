/**
 * Answers that a REST API gives without a function: preflights, and what a mock integration is set
 * to. [API Gateway: mock integrations, passthrough behaviors]
 */

import { type WholeAnswer, withoutBody } from "./answer.ts";
import { AnswerHeaders } from "./answer-headers.ts";
import type { FixedAnswer } from "./definition.ts";
import type { Refusal } from "./refusal/refusals.ts";
import type { EdgeRequest } from "./request.ts";

const unsupportedType: Refusal = {
  status: 415,
  message: "Unsupported Media Type",
  errorType: "UnsupportedMediaTypeException",
  responseType: "UNSUPPORTED_MEDIA_TYPE",
};

/** A body of another type goes to the mock as it is, which finds no status in it. */
const unmapped: Refusal = {
  status: 500,
  message: "Internal server error",
  errorType: "InternalServerErrorException",
};

/** The answer without the ids of the request; a refusal where it is not for such a body. */
export function fixedAnswer(
  fixed: FixedAnswer,
  { headers: asked }: Pick<EdgeRequest, "headers">,
): WholeAnswer | Refusal {
  const { status, headers: given, body = "", origins, mediaTypes, otherTypes } = fixed;
  const type = (asked["content-type"] ?? "application/json").split(";")[0]!.trim().toLowerCase();
  if (mediaTypes && !mediaTypes.includes(type)) {
    return otherTypes === "refused" ? unsupportedType : unmapped;
  }
  const headers = new AnswerHeaders();
  for (const name in given) headers.append(name, given[name]!); // a cookie has a line of its own
  const origin = asked.origin;
  if (origin !== undefined && origins?.includes(origin)) {
    headers.set("access-control-allow-origin", origin);
  }
  if (withoutBody.has(status)) return { status, headers, body: "" };
  if (!headers.has("content-type")) headers.set("content-type", "application/json");
  return { status, headers, body };
}
