/** DescribeLogGroups: all, those with a prefix, or those whose name holds a text. */

import { groupArn } from "./names.ts";
import { answer, invalid, type LogsCall, type LogsOperation } from "./operation.ts";
import { pageOf } from "./paging.ts";

export const describeLogGroups: LogsOperation = {
  members: {
    logGroupNamePrefix: "string",
    logGroupNamePattern: "string",
    logGroupClass: "string",
    includeLinkedAccounts: "boolean",
    nextToken: "string",
    limit: "number",
  },
  perform,
};

function perform(call: LogsCall) {
  const { logs, input } = call;
  const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern } = input;
  if (prefix !== undefined && pattern !== undefined) {
    return invalid("logGroupNamePrefix and logGroupNamePattern cannot be used together");
  }
  if (input.includeLinkedAccounts) return invalid('"includeLinkedAccounts" is not implemented');
  const isStandard = (input.logGroupClass ?? "STANDARD") === "STANDARD";
  const groups = logs.groups.filter(({ record: { name } }) => {
    if (!isStandard) return false;
    // Letters as they are, as the reference has it.
    if (pattern !== undefined) return name.includes(String(pattern));
    return name.startsWith(String(prefix ?? ""));
  });
  const paged = pageOf(input, groups, { placeOf: ({ record }) => record.name });
  if ("refusal" in paged) return paged;
  const logGroups = paged.page.map((group) => {
    const { name, createdAtMs, retentionDays, storedBytes } = group.record;
    const logGroupArn = groupArn(call, group);
    const found = { logGroupName: name, creationTime: createdAtMs, arn: `${logGroupArn}:*` };
    if (pattern !== undefined) return found; // as on AWS, which tells no more of these
    return {
      ...found,
      ...(retentionDays !== undefined && { retentionInDays: retentionDays }),
      metricFilterCount: 0,
      logGroupArn,
      storedBytes,
      logGroupClass: "STANDARD",
    };
  });
  return answer({ logGroups, nextToken: paged.nextToken });
}
