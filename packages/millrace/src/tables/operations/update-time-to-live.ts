/** UpdateTimeToLive and DescribeTimeToLive: which attribute says when an item expires. */

import { refuseInvalid } from "../errors.ts";
import { messages } from "../messages.ts";
import { readRequest } from "../request/read.ts";
import { namedTableShape, updateTimeToLiveShape } from "../request/table-shapes.ts";
import type { Operation } from "./operation.ts";

export const updateTimeToLive: Operation = async ({ catalog }, request) => {
  const { TableName, TimeToLiveSpecification } = readRequest(updateTimeToLiveShape, request);
  const { Enabled, AttributeName } = TimeToLiveSpecification;
  const table = catalog.findByName(TableName);
  await catalog.change(table, (state) => {
    const { ttlAttribute, ...rest } = state.definition;
    if (Enabled && ttlAttribute === AttributeName) refuseInvalid(messages.ttlAlready("enabled"));
    if (!Enabled && ttlAttribute === undefined) refuseInvalid(messages.ttlAlready("disabled"));
    if (ttlAttribute !== undefined && ttlAttribute !== AttributeName) {
      refuseInvalid(messages.ttlElsewhere(ttlAttribute));
    }
    return catalog.redefine(state, Enabled ? { ...rest, ttlAttribute: AttributeName } : rest);
  });
  return { TimeToLiveSpecification };
};

export const describeTimeToLive: Operation = async ({ catalog }, request) => {
  const { TableName } = readRequest(namedTableShape, request);
  const { ttlAttribute } = catalog.findByName(TableName).definition;
  const on = { TimeToLiveStatus: "ENABLED", AttributeName: ttlAttribute };
  const off = { TimeToLiveStatus: "DISABLED" };
  return { TimeToLiveDescription: ttlAttribute === undefined ? off : on };
};
