/** The edge: what the public may reach. */

export type {
  BehaviorDefinition,
  CorsDefinition,
  DistributionDefinition,
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
export { bodyBytesMax } from "./limits.ts";
export type { Client } from "./request.ts";
