/**
 * iotdata ListNamedShadowsForThing: `GET /api/things/shadow/ListNamedShadowsForThing/{thingName}`,
 * in the order of the names. The classic shadow has none; of a thing that nobody knows the list is
 * empty.
 */

import { shadowLimits } from "../../shadows/mod.ts";
import { pageOf, readPage } from "../page.ts";
import { Query } from "../query.ts";
import { failure, type Outcome } from "./answers.ts";
import type { IotDataCall } from "./operation.ts";
import { readThingName } from "./shadow.ts";

const names = ["nextToken", "pageSize"] as const;
const { pageDefault: countDefault, pageMax: countBound } = shadowLimits;

export async function listNamedShadowsForThing(call: IotDataCall): Promise<Outcome> {
  const query = new Query(call, "ListNamedShadowsForThing", names);
  const thingName = readThingName(call);
  if (typeof thingName !== "string") return thingName;
  const list = `shadows of ${thingName}`;
  const { after, countMax } = readPage(query, { list, countDefault, countBound, names });
  if (query.problem) return failure("InvalidRequestException", query.problem);
  const found = await call.ports.shadows.names(thingName, after, countMax + 1);
  const { entries, nextToken } = pageOf(found, { list, countMax, placeOf: (name) => name });
  const timestamp = Math.floor(call.ports.clock.now() / 1000);
  return { body: { results: entries, ...(nextToken !== null && { nextToken }), timestamp } };
}
