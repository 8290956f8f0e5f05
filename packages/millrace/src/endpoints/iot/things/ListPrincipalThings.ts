/** iot ListPrincipalThings: `GET /principals/things`. */

import type { Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { readPrincipal, thingsOfPrincipal } from "./principals.ts";

const operation = "ListPrincipalThings";

export function listPrincipalThings(call: IotCall): Outcome {
  const principal = readPrincipal(call);
  if (typeof principal !== "string") return principal;
  const page = thingsOfPrincipal(call, { operation, byType: false, principal });
  if ("type" in page) return page;
  const things = page.attached.map(({ name }) => name);
  return { body: { things, nextToken: page.nextToken } };
}
