/** Shadows: what is known of each thing, what is wanted of it, and the difference. */

export { shadowLimits } from "./limits.ts";
