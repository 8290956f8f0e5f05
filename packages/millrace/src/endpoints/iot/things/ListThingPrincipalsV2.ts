/** iot ListThingPrincipalsV2: `GET /things/{thingName}/principals-v2`, with the kind of each. */

import type { Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { principalsOfThing } from "./principals.ts";

export function listThingPrincipalsV2(call: IotCall): Outcome {
  const page = principalsOfThing(call, { operation: "ListThingPrincipalsV2", byType: true });
  if ("type" in page) return page;
  const thingPrincipalObjects = page.attached.map(({ name, type }) => ({
    principal: name,
    thingPrincipalType: type,
  }));
  return { body: { thingPrincipalObjects, nextToken: page.nextToken } };
}
