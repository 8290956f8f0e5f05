/**
 * `AWS::ApplicationAutoScaling::ScalingPolicy`: target tracking of the capacity of a table or an
 * index. Step scaling and predictive scaling are refused.
 */

import { type Draft, defineResource, type Resource, stackAndLogicalId } from "../resource-type.ts";
import { boolean, choice, integer, object, required, text, type ValueOf } from "../schema.ts";
import { dimension, resourceId, scalableTargetType, serviceNamespace } from "./scalable-target.ts";

const cooldown = integer(0, 86_400);

const properties = object({
  PolicyName: required(text({ pattern: /^.{1,256}$/u, form: "a text of 1 to 256 characters" })),
  PolicyType: required(choice("TargetTrackingScaling")),
  ResourceId: resourceId,
  ScalableDimension: dimension,
  ServiceNamespace: serviceNamespace,
  ScalingTargetId: text(),
  TargetTrackingScalingPolicyConfiguration: required(
    object({
      TargetValue: required(integer(20, 90)),
      PredefinedMetricSpecification: required(
        object({
          PredefinedMetricType: required(
            choice("DynamoDBReadCapacityUtilization", "DynamoDBWriteCapacityUtilization"),
          ),
        }),
      ),
      ScaleOutCooldown: cooldown,
      ScaleInCooldown: cooldown,
      DisableScaleIn: boolean(),
    }),
  ),
});

type Properties = ValueOf<typeof properties>;

export const scalingPolicy = defineResource({
  type: "AWS::ApplicationAutoScaling::ScalingPolicy",
  properties,
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: {},
  build(resource, draft) {
    const { properties: given, report } = resource;
    const target = findTarget(resource, draft);
    if (!target) return;
    const configuration = given.TargetTrackingScalingPolicyConfiguration;
    const { PredefinedMetricType: metric } = configuration.PredefinedMetricSpecification;
    if (metric.includes("Read") !== target.dimension.includes("Read")) {
      const place = "TargetTrackingScalingPolicyConfiguration";
      const message = `'${metric}' does not go with '${target.dimension}'`;
      report(["Properties", place, "PredefinedMetricSpecification"], message);
      return;
    }
    draft.scalingPolicies.push({
      name: given.PolicyName,
      resourceId: target.resourceId,
      dimension: target.dimension,
      tracking: {
        targetValue: configuration.TargetValue,
        scaleOutCooldownSeconds: configuration.ScaleOutCooldown ?? 0,
        scaleInCooldownSeconds: configuration.ScaleInCooldown ?? 0,
        scaleInDisabled: configuration.DisableScaleIn ?? false,
      },
    });
  },
});

/** By its id, or by all three of its parts. */
function findTarget({ properties: given, report }: Resource<Properties>, draft: Draft) {
  const { ScalingTargetId: id, ResourceId, ScalableDimension, ServiceNamespace } = given;
  if (id !== undefined) {
    const identity = draft.find([scalableTargetType], id, ["Id"]);
    const target = draft.scalableTargets.find(({ name }) => name === identity?.name);
    if (!identity) {
      report(["Properties", "ScalingTargetId"], `there is no scalable target '${id}'`);
    }
    return target;
  }
  if (!ResourceId || !ScalableDimension || !ServiceNamespace) {
    const parts = "'ResourceId', 'ScalableDimension' and 'ServiceNamespace'";
    report(["Properties"], `'ScalingTargetId' is missing, or all of ${parts}`);
    return undefined;
  }
  const target = draft.scalableTargets.find((one) => {
    return one.resourceId === ResourceId && one.dimension === ScalableDimension;
  });
  if (!target) {
    const message = `no scalable target of this template is '${ResourceId}', ${ScalableDimension}`;
    report(["Properties", "ResourceId"], message);
  }
  return target;
}
