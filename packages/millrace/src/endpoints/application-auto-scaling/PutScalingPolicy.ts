/** PutScalingPolicy, DeleteScalingPolicy, DescribeScalingPolicies, DescribeScalingActivities. */

import {
  alarmName,
  type KeptPolicy,
  resourceParts,
  type ScalableTargetName,
} from "../../tables/mod.ts";
import {
  checkMembers,
  checkNamespace,
  type Input,
  namespace,
  page,
  readBoolean,
  readCount,
  readDimension,
  readObject,
  readRequired,
  readTargetName,
  readText,
  refuseInvalid,
  refuseNoTarget,
  type ScalingContext,
  type ScalingOperation,
  ScalingRefusal,
} from "./operation.ts";

const nameMembers = ["ServiceNamespace", "ResourceId", "ScalableDimension"];
const listMembers = [...nameMembers, "MaxResults", "NextToken"];
const tracking = "TargetTrackingScaling";
const policyNameLengthMax = 256;

/** Of the four kinds of policies there is target tracking alone. */
export const putScalingPolicy: ScalingOperation = async ({ scaling, account }, input) => {
  const type = readText(input, "PolicyType") ?? "StepScaling";
  if (type !== tracking) refuseInvalid(`Policies of the type "${type}" are not implemented`);
  const configuration = "TargetTrackingScalingPolicyConfiguration";
  checkMembers(input, [...nameMembers, "PolicyName", "PolicyType", configuration]);
  const name = readPolicyName(input);
  const target = readTargetName(input);
  const given = readObject(input, configuration);
  if (!given) refuseInvalid(`${configuration} is required for ${tracking}`);
  const kept = { ...target, name, tracking: readTracking(given, target) };
  if (!scaling.target(target)) refuseNoTarget(target);
  const policy = await scaling.putPolicy(kept);
  return { PolicyARN: policyArn(account, policy), Alarms: alarmsOf(account, policy) };
};

function readPolicyName(input: Input): string {
  const name = readRequired(input, "PolicyName");
  if (name.length >= 1 && name.length <= policyNameLengthMax) return name;
  const rule = `Member must have length between 1 and ${policyNameLengthMax}`;
  return refuseInvalid(
    `1 validation error detected: Value at 'policyName' failed to satisfy constraint: ${rule}`,
  );
}

/** As the configuration of a policy says it; refuses what is not implemented by name. */
export function readTracking(given: Input, target: ScalableTargetName): KeptPolicy["tracking"] {
  checkMembers(
    given,
    [
      ...["TargetValue", "PredefinedMetricSpecification", "ScaleOutCooldown", "ScaleInCooldown"],
      "DisableScaleIn",
    ],
    "TargetTrackingScalingPolicyConfiguration.",
  );
  const { TargetValue: targetValue } = given;
  if (typeof targetValue !== "number" || targetValue < 20 || targetValue > 90) {
    refuseInvalid("TargetValue must be a number from 20 to 90");
  }
  const metric = readObject(given, "PredefinedMetricSpecification");
  if (!metric) refuseInvalid("PredefinedMetricSpecification is missing");
  const type = readRequired(metric, "PredefinedMetricType");
  const fitting = `DynamoDB${resourceParts(target)!.direction}CapacityUtilization`;
  if (type !== fitting) {
    refuseInvalid(`The metric "${type}" does not go with ${target.dimension}: it is ${fitting}`);
  }
  return {
    targetValue,
    scaleOutCooldownSeconds: readCount(given, "ScaleOutCooldown") ?? 0,
    scaleInCooldownSeconds: readCount(given, "ScaleInCooldown") ?? 0,
    scaleInDisabled: readBoolean(given, "DisableScaleIn") ?? false,
  };
}

export const deleteScalingPolicy: ScalingOperation = async ({ scaling }, input) => {
  checkMembers(input, [...nameMembers, "PolicyName"]);
  const name = readRequired(input, "PolicyName");
  const target = readTargetName(input);
  const policy = scaling.policy({ ...target, name });
  if (!policy) {
    const { resourceId, dimension } = target;
    throw new ScalingRefusal(
      "ObjectNotFoundException",
      `No scaling policy found for service namespace: ${namespace}, resource ID: ${resourceId}, ` +
        `scalable dimension: ${dimension}, policy name: ${name}`,
    );
  }
  await scaling.removePolicy(policy);
  return {};
};

export const describeScalingPolicies: ScalingOperation = ({ scaling, account }, input) => {
  checkMembers(input, [...listMembers, "PolicyNames"]);
  checkNamespace(input);
  const names = input.PolicyNames ?? undefined;
  if (names !== undefined && !Array.isArray(names)) refuseInvalid('"PolicyNames" must be a list');
  const found = scaling.policies().filter((policy) => {
    return isWanted(policy, input) && (!names || names.includes(policy.name));
  });
  const { items, rest } = page(found, input);
  return { ScalingPolicies: items.map((policy) => shownPolicy(account, policy)), ...rest };
};

function shownPolicy(account: ScalingContext["account"], policy: KeptPolicy) {
  const { targetValue, scaleInDisabled, ...cooldowns } = policy.tracking;
  const { direction } = resourceParts(policy)!;
  return {
    PolicyARN: policyArn(account, policy),
    PolicyName: policy.name,
    ServiceNamespace: namespace,
    ResourceId: policy.resourceId,
    ScalableDimension: policy.dimension,
    PolicyType: tracking,
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: targetValue,
      PredefinedMetricSpecification: {
        PredefinedMetricType: `DynamoDB${direction}CapacityUtilization`,
      },
      ScaleOutCooldown: cooldowns.scaleOutCooldownSeconds,
      ScaleInCooldown: cooldowns.scaleInCooldownSeconds,
      DisableScaleIn: scaleInDisabled,
    },
    Alarms: alarmsOf(account, policy),
    CreationTime: policy.createdMs / 1000,
  };
}

/** Those since the server's start, the newest first. */
export const describeScalingActivities: ScalingOperation = ({ scaling }, input) => {
  checkMembers(input, [...listMembers, "IncludeNotScaledActivities"]);
  checkNamespace(input);
  const { items, rest } = page(
    scaling.activities.filter((activity) => isWanted(activity, input)),
    input,
  );
  const ScalingActivities = items.map((activity) => ({
    ActivityId: activity.id,
    ServiceNamespace: namespace,
    ResourceId: activity.resourceId,
    ScalableDimension: activity.dimension,
    Description: activity.description,
    Cause: activity.cause,
    StartTime: activity.startedMs / 1000,
    EndTime: activity.endedMs / 1000,
    StatusCode: activity.failure === undefined ? "Successful" : "Failed",
    StatusMessage: activity.failure ?? activity.description.replace(/^Setting/, "Successfully set"),
  }));
  return { ScalingActivities, ...rest };
};

function isWanted({ resourceId, dimension }: ScalableTargetName, input: Input): boolean {
  const wantedId = readText(input, "ResourceId");
  const wantedDimension = readDimension(input);
  if (wantedDimension !== undefined && wantedId === undefined) {
    refuseInvalid("ScalableDimension needs a ResourceId beside it");
  }
  return (
    (wantedId === undefined || wantedId === resourceId) &&
    (wantedDimension === undefined || wantedDimension === dimension)
  );
}

function policyArn({ region, accountId }: ScalingContext["account"], policy: KeptPolicy): string {
  const resource = `resource/${namespace}/${policy.resourceId}:policyName/${policy.name}`;
  return `arn:aws:autoscaling:${region}:${accountId}:scalingPolicy:${policy.id}:${resource}`;
}

function alarmsOf({ region, accountId }: ScalingContext["account"], policy: KeptPolicy) {
  return (["AlarmHigh", "AlarmLow"] as const).map((kind) => {
    const AlarmName = alarmName(policy, kind, policy.id);
    return { AlarmName, AlarmARN: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${AlarmName}` };
  });
}
