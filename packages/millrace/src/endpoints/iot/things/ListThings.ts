/** iot ListThings: `GET /things`, in the order of their names; by attribute or type, if asked. */

import type { ThingRecord } from "../../../identity/mod.ts";
import { pageMembers } from "../../page.ts";
import { Query } from "../../query.ts";
import { invalid, type Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { listPage, readTokenPage } from "../registry-answers.ts";
import { thingArn } from "./things.ts";

const list = "things";
const filters = ["attributeName", "attributeValue", "thingTypeName", "usePrefixAttributeValue"];

export function listThings(call: IotCall): Outcome {
  const query = new Query(call, "ListThings", [...pageMembers, ...filters]);
  const wish = readTokenPage(query, list);
  const isWanted = readFilter(query);
  if (query.problem) return invalid(query.problem);
  const wanted = [...call.ports.devices.things.all()].filter(isWanted);
  const placeOf = ({ name }: ThingRecord) => name;
  const { entries, token } = listPage(wanted, { ...wish, list, placeOf });
  const things = entries.map(({ name, typeName, attributes, version }) => ({
    thingName: name,
    thingTypeName: typeName,
    thingArn: thingArn(call, name),
    attributes,
    version,
  }));
  return { body: { things, nextToken: token } };
}

function readFilter(query: Query): (thing: ThingRecord) => boolean {
  const attribute = query.text("attributeName");
  const value = query.text("attributeValue");
  const typeName = query.text("thingTypeName");
  const byPrefix = query.flag("usePrefixAttributeValue");
  if (attribute === undefined && value !== undefined) {
    query.report("attributeValue is there without attributeName");
  }
  return (thing) => {
    if (typeName !== undefined && thing.typeName !== typeName) return false;
    if (attribute === undefined) return true;
    const own = thing.attributes[attribute];
    if (own === undefined || value === undefined) return own !== undefined;
    return byPrefix ? own.startsWith(value) : own === value;
  };
}
