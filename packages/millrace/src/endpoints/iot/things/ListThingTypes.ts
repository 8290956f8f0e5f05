/** iot ListThingTypes: `GET /thing-types`, in the order of their names. */

import type { ThingTypeRecord } from "../../../identity/mod.ts";
import { pageMembers } from "../../page.ts";
import { Query } from "../../query.ts";
import { invalid, type Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { listPage, readTokenPage } from "../registry-answers.ts";
import { thingTypeArn, thingTypeFacts } from "./things.ts";

const list = "thing types";

export function listThingTypes(call: IotCall): Outcome {
  const query = new Query(call, "ListThingTypes", [...pageMembers, "thingTypeName"]);
  const wish = readTokenPage(query, list);
  const wanted = query.text("thingTypeName");
  if (query.problem) return invalid(query.problem);
  const all = [...call.ports.devices.thingTypes.all()];
  const found = all.filter(({ name }) => wanted === undefined || name === wanted);
  const placeOf = ({ name }: ThingTypeRecord) => name;
  const { entries, token } = listPage(found, { ...wish, list, placeOf });
  const thingTypes = entries.map((type) => ({
    thingTypeName: type.name,
    thingTypeArn: thingTypeArn(call, type.name),
    ...thingTypeFacts(type),
  }));
  return { body: { thingTypes, nextToken: token } };
}
