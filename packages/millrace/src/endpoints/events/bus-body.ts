/** A bus as answers have it. */

import { busArn, type KeptBus } from "../../events/mod.ts";
import type { EventsCall } from "./operation.ts";

export function busBody({ account }: EventsCall, bus: KeptBus): object {
  const { name, description, createdAtMs } = bus;
  const CreationTime = createdAtMs / 1000;
  return {
    Name: name,
    Arn: busArn(account, name),
    Description: description,
    CreationTime,
    LastModifiedTime: CreationTime,
  };
}
