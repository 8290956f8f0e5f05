/** Shadows: what is known of each thing, what is wanted of it, and the difference. */

export type { ProblemCode } from "./document/problem.ts";
export { shadowLimits } from "./limits.ts";
export { isShadowName, isShadowRequest, isThingName, type ShadowName } from "./names.ts";
export { type ShadowPorts, type ShadowResult, Shadows } from "./shadows.ts";
