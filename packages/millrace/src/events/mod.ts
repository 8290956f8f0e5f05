/** Events: what happens around the broker, turned into messages that rules can match. */

export { createLifecycleEvents, type LifecyclePorts } from "./lifecycle.ts";
