/** The edge: what the public may reach. */

export type {
  BehaviorDefinition,
  DistributionDefinition,
  HttpApiDefinition,
  OriginDefinition,
  RouteDefinition,
} from "./definition.ts";
export { checkEdge, createEdge, type Edge, type EdgeOptions } from "./edge.ts";
export { bodyBytesMax } from "./limits.ts";
export type { Client } from "./request.ts";
