/**
 * `AWS::ApplicationAutoScaling::ScalableTarget`: bounds of the capacity of a table or an index.
 *
 * `Ref` gives the resource's own name, where the service joins the target's three parts; a policy
 * of the template finds it by either. Scheduled actions are refused.
 */

import { scalableDimensions } from "../../tables/mod.ts";
import { defineResource, stackAndLogicalId } from "../resource-type.ts";
import { boolean, choice, integer, object, required, text } from "../schema.ts";

export const scalableTargetType = "AWS::ApplicationAutoScaling::ScalableTarget";

export const resourceId = text({
  pattern: /^table\/[A-Za-z0-9_.-]{3,255}(\/index\/[A-Za-z0-9_.-]{3,255})?$/,
  form: "table/NAME or table/NAME/index/NAME: tables are all that is scaled",
});
export const dimension = choice(...scalableDimensions);
export const serviceNamespace = choice("dynamodb");
export const capacity = integer(1, Number.MAX_SAFE_INTEGER);

export const scalableTarget = defineResource({
  type: scalableTargetType,
  properties: object({
    MaxCapacity: required(capacity),
    MinCapacity: required(capacity),
    ResourceId: required(resourceId),
    RoleARN: text({ pattern: /^arn:.+$/, form: "an ARN" }),
    ScalableDimension: required(dimension),
    ServiceNamespace: required(serviceNamespace),
    SuspendedState: object({
      DynamicScalingInSuspended: boolean(),
      DynamicScalingOutSuspended: boolean(),
      ScheduledScalingSuspended: boolean(),
    }),
  }),
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: { Id: ({ name }) => name },
  build({ identity, properties: given, report, mark }, draft) {
    if (given.MinCapacity > given.MaxCapacity) {
      report(["Properties", "MinCapacity"], "'MinCapacity' is above 'MaxCapacity'");
    }
    const [, table, , index] = given.ResourceId.split("/");
    const definition = draft.tables.find(({ name }) => name === table);
    const found = index === undefined || definition?.indexes?.some(({ name }) => name === index);
    if (!definition || !found) {
      report(["Properties", "ResourceId"], `there is no '${given.ResourceId}' in this template`);
      return;
    }
    if (given.ScalableDimension.startsWith("dynamodb:index:") !== (index !== undefined)) {
      const message = `'${given.ScalableDimension}' does not go with '${given.ResourceId}'`;
      report(["Properties", "ScalableDimension"], message);
      return;
    }
    mark(`scalable-target:${identity.name}`, []);
    draft.scalableTargets.push({
      name: identity.name,
      resourceId: given.ResourceId,
      dimension: given.ScalableDimension,
      min: given.MinCapacity,
      max: given.MaxCapacity,
      roleArn: given.RoleARN,
      suspended: {
        in: given.SuspendedState?.DynamicScalingInSuspended ?? false,
        out: given.SuspendedState?.DynamicScalingOutSuspended ?? false,
        scheduled: given.SuspendedState?.ScheduledScalingSuspended ?? false,
      },
    });
  },
});
