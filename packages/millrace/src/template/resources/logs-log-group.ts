/** `AWS::Logs::LogGroup`: a group of logs with its retention. */

import { retentionDays } from "../../logs/mod.ts";
import { defineResource, stackAndLogicalId } from "../resource-type.ts";
import { choice, integer, list, object, required, text } from "../schema.ts";

export const logGroupType = "AWS::Logs::LogGroup";

export const logGroupName = text({
  pattern: /^[\w./#-]{1,512}$/,
  form: "the name of a log group: 1 to 512 of A-Z a-z 0-9 _ - / . #",
});

export const logsLogGroup = defineResource({
  type: logGroupType,
  properties: object({
    LogGroupName: logGroupName,
    RetentionInDays: integer(1, retentionDays.at(-1)!),
    LogGroupClass: choice("STANDARD"),
    Tags: list(object({ Key: required(text()), Value: required(text()) }), { max: 50 }),
  }),
  nameProperty: "LogGroupName",
  namespace: "log group",
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: {
    Arn: ({ partition, region, accountId, name }) =>
      `arn:${partition}:logs:${region}:${accountId}:log-group:${name}:*`,
  },
  build({ identity, properties, report }, draft) {
    const days = properties.RetentionInDays;
    if (days !== undefined && !retentionDays.includes(days)) {
      report(["Properties", "RetentionInDays"], `${days} is none of ${retentionDays.join(", ")}`);
    }
    draft.logGroups.push({
      name: identity.name,
      retentionDays: days,
      tags: Object.fromEntries((properties.Tags ?? []).map(({ Key, Value }) => [Key, Value])),
    });
  },
});
