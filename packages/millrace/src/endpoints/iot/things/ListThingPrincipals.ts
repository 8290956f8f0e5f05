/** iot ListThingPrincipals: `GET /things/{thingName}/principals`. */

import type { Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { principalsOfThing } from "./principals.ts";

export function listThingPrincipals(call: IotCall): Outcome {
  const page = principalsOfThing(call, { operation: "ListThingPrincipals", byType: false });
  if ("type" in page) return page;
  const principals = page.attached.map(({ name }) => name);
  return { body: { principals, nextToken: page.nextToken } };
}
