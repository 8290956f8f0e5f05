/** Functions: handlers in child processes that speak the Lambda Runtime API. */

export type { AsyncSettings, Destination } from "./async/settings.ts";
export { asyncSettingsDefault } from "./async/settings.ts";
export { type BrowserBundleRequest, bundleForBrowser } from "./bundle.ts";
export type { FunctionBuild, FunctionDefinition } from "./definition.ts";
export {
  createFunctions,
  type Functions,
  type FunctionsOptions,
  type InvokeResult,
} from "./functions.ts";
export { payloadBytesMax } from "./limits.ts";
export type { BuildProblem, StartProblem } from "./problems.ts";
export { kindOf as kindOfRuntime, type NodeCommand } from "./runtimes/runtime.ts";
export type { FunctionCredentials } from "./variables.ts";
