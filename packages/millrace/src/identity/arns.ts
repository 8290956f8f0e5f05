/** The ARNs of what belongs to this deployment. */

import type { AccountFacts } from "./definitions.ts";

/** Makes the ARN of a resource of a service; those of buckets and roles have no region. */
export function arnsOf({ partition, region, accountId }: AccountFacts) {
  return (service: string, resource: string): string => {
    if (service === "s3") return `arn:${partition}:s3:::${resource}`;
    if (service === "iam") return `arn:${partition}:iam::${accountId}:${resource}`;
    return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
  };
}
