/** Things on the wire: their attributes, versions, principals, types. */

import type { ThingRecord, ThingTypeRecord } from "../../../identity/mod.ts";
import { Query } from "../../query.ts";
import { type Failure, failure, invalid, wireSeconds } from "../answers.ts";
import { type Members, readMembers } from "../members.ts";
import type { IotCall } from "../operation.ts";
import { nameForms, readName } from "../registry-answers.ts";

export const principalHeader = "x-amzn-principal";

export const principalTypes = ["EXCLUSIVE_THING", "NON_EXCLUSIVE_THING"] as const;
export type PrincipalType = (typeof principalTypes)[number];

export function principalTypeOf({ exclusive }: { readonly exclusive: boolean }): PrincipalType {
  return exclusive ? "EXCLUSIVE_THING" : "NON_EXCLUSIVE_THING";
}

/** `thingPrincipalType` in the query; the problem is the query's. */
export function readPrincipalType(query: Query): PrincipalType | undefined {
  const given = query.text("thingPrincipalType");
  const type = principalTypes.find((one) => one === given);
  if (given !== undefined && !type) {
    query.report(`thingPrincipalType "${given}" is none of ${principalTypes.join(", ")}`);
  }
  return type;
}

export function readThingName(call: IotCall): string | Failure {
  return readName(call, nameForms.thing);
}

export function readThingTypeName(call: IotCall): string | Failure {
  return readName(call, nameForms.thingType);
}

/** The thing, or that there is none. */
export function findThing({ ports }: IotCall, name: string): ThingRecord | Failure {
  const missing = () => failure("ResourceNotFoundException", `There is no thing "${name}"`);
  return ports.devices.things.get(name) ?? missing();
}

export function thingArn({ ports }: IotCall, name: string): string {
  return ports.devices.arnOf("thing", name);
}

export function thingTypeArn({ ports }: IotCall, name: string): string {
  return ports.devices.arnOf("thingtype", name);
}

/** `attributePayload`, as CreateThing and UpdateThing have it. */
export function readAttributes(members: Members) {
  return members.inside("attributePayload", ["attributes", "merge"], (inside) => ({
    attributes: inside.textMap("attributes"),
    merge: inside.flag("merge") ?? false,
  }));
}

/** Members of the body, when the query has none. */
export async function readThingMembers(
  call: IotCall,
  operation: string,
  known: readonly string[],
): Promise<Members | Failure> {
  const query = new Query(call, operation);
  if (query.problem) return invalid(query.problem);
  return readMembers(call, operation, known);
}

/** As DescribeThingType and ListThingTypes tell of a type. */
export function thingTypeFacts({
  description,
  searchableAttributes,
  createdAtMs,
  deprecatedAtMs,
}: ThingTypeRecord) {
  return {
    thingTypeProperties: { thingTypeDescription: description, searchableAttributes },
    thingTypeMetadata: {
      deprecated: deprecatedAtMs !== undefined,
      ...(deprecatedAtMs !== undefined && { deprecationDate: wireSeconds(deprecatedAtMs) }),
      creationDate: wireSeconds(createdAtMs),
    },
  };
}
