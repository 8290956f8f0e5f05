/** ARNs that requests bring: rights are asked for them as they stand, so they must be exact. */

import { formatArn, parseArn } from "../../aws/mod.ts";
import type { IotCall } from "./operation.ts";

/** The resource of an ARN of AWS IoT in this account and region; `undefined`: it is none. */
export function ownResource({ account }: IotCall["ports"], arn: unknown): string | undefined {
  const resource = typeof arn === "string" ? parseArn(arn)?.resource : undefined;
  if (resource === undefined) return undefined;
  const { region, accountId } = account;
  const own = formatArn({ partition: "aws", service: "iot", region, account: accountId, resource });
  return arn === own ? resource : undefined;
}
