/** The edge: what the public may reach. */

export type { Answer } from "./answer.ts";
export { AnswerHeaders } from "./answer-headers.ts";
export type {
  AuthorizerDefinition,
  IdentitySource,
  JwtAuthorizerDefinition,
  JwtRequirement,
} from "./authorizer/definition.ts";
export { contextNames, createValidation } from "./authorizer/identity-source.ts";
export type {
  BehaviorDefinition,
  CorsDefinition,
  DistributionDefinition,
  FixedAnswer,
  GatewayResponseDefinition,
  HttpApiDefinition,
  OriginDefinition,
  RestCorsDefinition,
  RouteDefinition,
  ThrottleDefinition,
} from "./definition.ts";
export { checkEdge, createEdge, type Edge, type EdgeOptions } from "./edge.ts";
export type { UrlCaller } from "./function-url/caller.ts";
export {
  createFunctionUrlDoor,
  type FunctionUrlDoor,
  type UrlQuestion,
} from "./function-url/function-url.ts";
export { answerOf, incomingOf, responseOf } from "./http-server.ts";
export { bodyBytesMax } from "./limits.ts";
export { unknownInBody } from "./refusal/gateway-response.ts";
export {
  type Client,
  describeHeaders,
  type EventHeaders,
  type HeaderReader,
  type Incoming,
} from "./request.ts";
export { routeKeys } from "./throttle.ts";
