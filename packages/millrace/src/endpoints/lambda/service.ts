/** Lambda's REST API: from method and path to the operation. */

import type { RestTarget } from "../../aws/mod.ts";
import { admit, type Gate } from "../gate.ts";
import type { Call } from "../ports.ts";
import { addPermission } from "./AddPermission.ts";
import { refuse, serviceError } from "./answers.ts";
import { createAlias } from "./CreateAlias.ts";
import { createEventSourceMapping } from "./CreateEventSourceMapping.ts";
import { createFunction } from "./CreateFunction.ts";
import { createFunctionUrlConfig } from "./CreateFunctionUrlConfig.ts";
import { deleteAlias } from "./DeleteAlias.ts";
import { deleteEventSourceMapping } from "./DeleteEventSourceMapping.ts";
import { deleteFunction } from "./DeleteFunction.ts";
import { deleteFunctionConcurrency } from "./DeleteFunctionConcurrency.ts";
import { deleteFunctionEventInvokeConfig } from "./DeleteFunctionEventInvokeConfig.ts";
import { deleteFunctionUrlConfig } from "./DeleteFunctionUrlConfig.ts";
import { deleteLayerVersion } from "./DeleteLayerVersion.ts";
import { deleteProvisionedConcurrencyConfig } from "./DeleteProvisionedConcurrencyConfig.ts";
import { getAccountSettings } from "./GetAccountSettings.ts";
import { getAlias } from "./GetAlias.ts";
import { getEventSourceMapping } from "./GetEventSourceMapping.ts";
import { getFunction } from "./GetFunction.ts";
import { getFunctionCodeSigningConfig } from "./GetFunctionCodeSigningConfig.ts";
import { getFunctionConcurrency } from "./GetFunctionConcurrency.ts";
import { getFunctionConfiguration } from "./GetFunctionConfiguration.ts";
import { getFunctionEventInvokeConfig } from "./GetFunctionEventInvokeConfig.ts";
import { getFunctionUrlConfig } from "./GetFunctionUrlConfig.ts";
import { getLayerVersion } from "./GetLayerVersion.ts";
import { getLayerVersionByArn } from "./GetLayerVersionByArn.ts";
import { getPolicy } from "./GetPolicy.ts";
import { getProvisionedConcurrencyConfig } from "./GetProvisionedConcurrencyConfig.ts";
import { invoke, invokePath } from "./Invoke.ts";
import { invokeStreamPath, invokeWithResponseStream } from "./InvokeWithResponseStream.ts";
import { listAliases } from "./ListAliases.ts";
import { listEventSourceMappings } from "./ListEventSourceMappings.ts";
import { listFunctionEventInvokeConfigs } from "./ListFunctionEventInvokeConfigs.ts";
import { listFunctions } from "./ListFunctions.ts";
import { listFunctionUrlConfigs } from "./ListFunctionUrlConfigs.ts";
import { listLayers } from "./ListLayers.ts";
import { listLayerVersions } from "./ListLayerVersions.ts";
import { listProvisionedConcurrencyConfigs } from "./ListProvisionedConcurrencyConfigs.ts";
import { listTags } from "./ListTags.ts";
import { listVersionsByFunction } from "./ListVersionsByFunction.ts";
import { perform, type Route } from "./operation.ts";
import { publishLayerVersion } from "./PublishLayerVersion.ts";
import { publishVersion } from "./PublishVersion.ts";
import { putFunctionConcurrency } from "./PutFunctionConcurrency.ts";
import { putFunctionEventInvokeConfig } from "./PutFunctionEventInvokeConfig.ts";
import { putProvisionedConcurrencyConfig } from "./PutProvisionedConcurrencyConfig.ts";
import { removePermission } from "./RemovePermission.ts";
import { tagResource } from "./TagResource.ts";
import { untagResource } from "./UntagResource.ts";
import { updateAlias } from "./UpdateAlias.ts";
import { updateEventSourceMapping } from "./UpdateEventSourceMapping.ts";
import { updateFunctionCode } from "./UpdateFunctionCode.ts";
import { updateFunctionConfiguration } from "./UpdateFunctionConfiguration.ts";
import { updateFunctionEventInvokeConfig } from "./UpdateFunctionEventInvokeConfig.ts";
import { updateFunctionUrlConfig } from "./UpdateFunctionUrlConfig.ts";

export const routes: readonly Route[] = [
  createEventSourceMapping,
  deleteEventSourceMapping,
  getEventSourceMapping,
  listEventSourceMappings,
  updateEventSourceMapping,
  addPermission,
  createAlias,
  createFunction,
  createFunctionUrlConfig,
  deleteFunctionUrlConfig,
  getFunctionUrlConfig,
  listFunctionUrlConfigs,
  updateFunctionUrlConfig,
  deleteLayerVersion,
  getLayerVersion,
  listLayerVersions,
  getLayerVersionByArn,
  listLayers,
  publishLayerVersion,
  deleteAlias,
  deleteFunction,
  deleteFunctionConcurrency,
  deleteFunctionEventInvokeConfig,
  deleteProvisionedConcurrencyConfig,
  getAccountSettings,
  getAlias,
  getFunction,
  getFunctionConcurrency,
  getFunctionConfiguration,
  getFunctionEventInvokeConfig,
  getFunctionCodeSigningConfig,
  getPolicy,
  listProvisionedConcurrencyConfigs,
  getProvisionedConcurrencyConfig,
  listAliases,
  listFunctionEventInvokeConfigs,
  listFunctions,
  listTags,
  listVersionsByFunction,
  tagResource,
  untagResource,
  publishVersion,
  putFunctionConcurrency,
  putFunctionEventInvokeConfig,
  putProvisionedConcurrencyConfig,
  removePermission,
  updateAlias,
  updateFunctionCode,
  updateFunctionConfiguration,
  updateFunctionEventInvokeConfig,
];

const gate: Gate = {
  services: ["lambda"],
  refuse: (call, { code: type, message }) => refuse(call, { status: 403, type, message }),
  fail: (call) => refuse(call, serviceError("The Lambda service encountered an internal error.")),
};

/** `undefined`: no operation of Lambda that is implemented. */
export function answerLambda(call: Call, target: RestTarget): Promise<Response> | undefined {
  const { method } = call.request;
  if (method === "POST" && invokePath.test(target.path)) {
    return admit(call, gate, (admitted) => invoke(admitted, target));
  }
  if (method === "POST" && invokeStreamPath.test(target.path)) {
    return admit(call, gate, (admitted) => invokeWithResponseStream(admitted, target));
  }
  const { path, query } = target;
  const isAsked = ({ flag }: Route) => flag === undefined || query.has(flag);
  const route = routes.find((one) => one.method === method && one.path.test(path) && isAsked(one));
  return route && admit(call, gate, (admitted) => perform(admitted, target, route));
}
