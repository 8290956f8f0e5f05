/** What two operations answer about a thing; statements of rules may ask for it, too. */

import type { Devices } from "../../../identity/mod.ts";

export type ThingReading = "DescribeThing" | "ListThingGroupsForThing";

/** The answer of the operation, all of it; `undefined` when there is no such thing. */
export function readThing(
  devices: Devices,
  operation: ThingReading,
  name: string,
): Readonly<Record<string, unknown>> | undefined {
  const thing = devices.things.get(name);
  if (!thing) return undefined;
  if (operation === "ListThingGroupsForThing") {
    const thingGroups = devices.thingGroups.groupsOf(name).map((groupName) => ({
      groupName,
      groupArn: devices.arnOf("thinggroup", groupName),
    }));
    return { thingGroups };
  }
  return {
    defaultClientId: name,
    thingName: name,
    thingId: thing.id,
    thingArn: devices.arnOf("thing", name),
    thingTypeName: thing.typeName,
    attributes: thing.attributes,
    version: thing.version,
  };
}
