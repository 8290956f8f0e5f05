/** iot ListPrincipalThingsV2: `GET /principals/things-v2`, with the kind of each. */

import type { Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { readPrincipalOfQuery, thingsOfPrincipal } from "./principals.ts";

const operation = "ListPrincipalThingsV2";

export function listPrincipalThingsV2(call: IotCall): Outcome {
  const principal = readPrincipalOfQuery(call);
  if (typeof principal !== "string") return principal;
  const page = thingsOfPrincipal(call, { operation, byType: true, principal });
  if ("type" in page) return page;
  const principalThingObjects = page.attached.map(({ name, type }) => ({
    thingName: name,
    thingPrincipalType: type,
  }));
  return { body: { principalThingObjects, nextToken: page.nextToken } };
}
