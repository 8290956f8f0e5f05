/** RegisterScalableTarget, DeregisterScalableTarget, DescribeScalableTargets. */

import type { KeptTarget, Scaling } from "../../tables/mod.ts";
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
  readTargetName,
  readText,
  refuseInvalid,
  refuseNoTarget,
  type ScalingContext,
  type ScalingOperation,
} from "./operation.ts";

const nameMembers = ["ServiceNamespace", "ResourceId", "ScalableDimension"];

/** Registers, or changes what is given of one that is registered. */
export const registerScalableTarget: ScalingOperation = async ({ scaling, account }, input) => {
  checkMembers(input, [
    ...nameMembers,
    ...["MinCapacity", "MaxCapacity", "RoleARN", "SuspendedState", "Tags"],
  ]);
  const name = readTargetName(input);
  const before = scaling.target(name);
  if (!scaling.exists(name)) {
    refuseInvalid(`DynamoDB table or index does not exist: ${name.resourceId}`);
  }
  const min = readCount(input, "MinCapacity") ?? before?.min;
  const max = readCount(input, "MaxCapacity") ?? before?.max;
  if (min === undefined || max === undefined) {
    refuseInvalid("MinCapacity and MaxCapacity are required for new scalable targets");
  }
  if (min < 1) refuseInvalid("Minimum capacity must be at least 1");
  if (min > max) refuseInvalid("Maximum capacity cannot be less than minimum capacity");
  const roleArn = readText(input, "RoleARN") ?? before?.roleArn;
  const suspended = readSuspended(
    input,
    before?.suspended ?? { in: false, out: false, scheduled: false },
  );
  const kept = await scaling.putTarget({ ...name, min, max, roleArn, suspended });
  return { ScalableTargetARN: targetArn(account, kept) };
};

type Suspended = KeptTarget["suspended"];

function readSuspended(input: Input, before: Suspended): Suspended {
  const given = readObject(input, "SuspendedState");
  if (!given) return before;
  return {
    in: readBoolean(given, "DynamicScalingInSuspended") ?? before.in,
    out: readBoolean(given, "DynamicScalingOutSuspended") ?? before.out,
    scheduled: readBoolean(given, "ScheduledScalingSuspended") ?? before.scheduled,
  };
}

/** Its policies go with it. */
export const deregisterScalableTarget: ScalingOperation = async ({ scaling }, input) => {
  checkMembers(input, nameMembers);
  const name = readTargetName(input);
  if (!scaling.target(name)) refuseNoTarget(name);
  await scaling.removeTarget(name);
  return {};
};

export const describeScalableTargets: ScalingOperation = ({ scaling, account }, input) => {
  checkMembers(input, [
    ...["ServiceNamespace", "ScalableDimension", "ResourceIds", "MaxResults", "NextToken"],
  ]);
  checkNamespace(input);
  const { items, rest } = page(wanted(scaling, input), input);
  const ScalableTargets = items.map((target) => ({
    ServiceNamespace: namespace,
    ResourceId: target.resourceId,
    ScalableDimension: target.dimension,
    MinCapacity: target.min,
    MaxCapacity: target.max,
    RoleARN: target.roleArn ?? serviceRole(account.accountId),
    CreationTime: target.createdMs / 1000,
    SuspendedState: {
      DynamicScalingInSuspended: target.suspended.in,
      DynamicScalingOutSuspended: target.suspended.out,
      ScheduledScalingSuspended: target.suspended.scheduled,
    },
    ScalableTargetARN: targetArn(account, target),
  }));
  return { ScalableTargets, ...rest };
};

function wanted(scaling: Scaling, input: Input): KeptTarget[] {
  const ids = input.ResourceIds ?? undefined;
  if (ids !== undefined && !Array.isArray(ids)) refuseInvalid('"ResourceIds" must be a list');
  const dimension = readDimension(input);
  return scaling.targets().filter((target) => {
    if (ids && !ids.includes(target.resourceId)) return false;
    return dimension === undefined || target.dimension === dimension;
  });
}

function targetArn({ region, accountId }: ScalingContext["account"], { id }: KeptTarget): string {
  return `arn:aws:application-autoscaling:${region}:${accountId}:scalable-target/${id}`;
}

/** The role that the service makes for itself. */
function serviceRole(accountId: string): string {
  const role = "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable";
  const path = "aws-service-role/dynamodb.application-autoscaling.amazonaws.com";
  return `arn:aws:iam::${accountId}:role/${path}/${role}`;
}
