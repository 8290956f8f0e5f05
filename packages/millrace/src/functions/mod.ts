/** Functions: handlers in child processes that speak the Lambda Runtime API. */

export type { AsyncSettings, Destination } from "./async/settings.ts";
export { asyncSettingsDefault } from "./async/settings.ts";
export { type BrowserBundleRequest, bundleForBrowser } from "./bundle.ts";
export type { InvokeOptions, InvokeResult } from "./call.ts";
export type { Alias, FunctionEntry, PolicyStatement } from "./catalogue/entry.ts";
export type { ThrottleReason } from "./concurrency/concurrency.ts";
export type { FunctionControl, NewDefinition } from "./control/control.ts";
export { type FunctionDescription, revisionOf } from "./control/description.ts";
export type { ControlError } from "./control/errors.ts";
export { type AliasChanges, type FunctionSettings, policyOf } from "./control/settings.ts";
export type {
  AutoPublish,
  FunctionBuild,
  FunctionDefinition,
  Written,
  WrittenAlias,
  WrittenVersion,
} from "./definition.ts";
export { createFunctions, type Functions, type FunctionsOptions } from "./functions.ts";
export { type Inspector, inspectorHost } from "./inspect/inspector.ts";
export { type LayerDefinition, type LayerVersion, layersPerFunctionMax } from "./layers/layer.ts";
export type { LayerStore, NewLayer } from "./layers/layer-store.ts";
export {
  accountConcurrencyMax,
  codeBytesMax,
  environmentBytesMax,
  payloadBytesMax,
  tagsMax,
  zipBytesMax,
} from "./limits.ts";
export {
  applicationLevels,
  type LoggingSettings,
  logGroupOf,
  systemLevels,
} from "./logging/settings.ts";
export type { BuildProblem, StartProblem } from "./problems.ts";
export {
  kindOf as kindOfRuntime,
  machineArchitecture,
  type NodeCommand,
} from "./runtimes/runtime.ts";
export type { FunctionUrls } from "./urls/function-urls.ts";
export {
  type FunctionUrl,
  functionUrlId,
  type UrlCors,
  type UrlDefinition,
  type UrlOwner,
  type UrlSettings,
} from "./urls/url.ts";
export { type FunctionCredentials, isReservedVariable } from "./variables.ts";
