/** The lists of a thing's principals and of a principal's things, older and newer ones. */

import { pageMembers } from "../../page.ts";
import { Query } from "../../query.ts";
import { type Failure, invalid } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { listPage, readHeader, readTokenPage } from "../registry-answers.ts";
import {
  findThing,
  type PrincipalType,
  principalHeader,
  principalTypeOf,
  readPrincipalType,
  readThingName,
} from "./things.ts";

export interface Attached {
  readonly name: string;
  readonly type: PrincipalType;
}

export interface AttachedPage {
  readonly attached: readonly Attached[];
  readonly nextToken: string | undefined;
}

interface Asked {
  readonly operation: string;
  /** Whether one may ask for attachments of one type alone. */
  readonly byType: boolean;
}

/** Who is attached to the thing of the path. */
export function principalsOfThing(call: IotCall, asked: Asked): AttachedPage | Failure {
  const thingName = readThingName(call);
  if (typeof thingName !== "string") return thingName;
  const thing = findThing(call, thingName);
  if ("type" in thing) return thing;
  const { things } = call.ports.devices;
  const attached = things.principalsOf(thingName).map((name) => ({
    name,
    type: principalTypeOf(things.attachment(thingName, name)!),
  }));
  return pageOfAttached(call, asked, attached);
}

/** What the principal of the header is attached to. */
export function thingsOfPrincipal(
  call: IotCall,
  asked: Asked & { readonly principal: string },
): AttachedPage | Failure {
  const { things } = call.ports.devices;
  const attached = things.thingsOf(asked.principal).map((name) => ({
    name,
    type: principalTypeOf(things.attachment(name, asked.principal)!),
  }));
  return pageOfAttached(call, asked, attached);
}

export function readPrincipal(call: IotCall): string | Failure {
  return readHeader(call, principalHeader);
}

/** The newer list of things says the principal in the query. */
export function readPrincipalOfQuery(call: IotCall): string | Failure {
  return call.target.query.get("principal") ?? readHeader(call, principalHeader);
}

function pageOfAttached(
  call: IotCall,
  { operation, byType }: Asked,
  all: readonly Attached[],
): AttachedPage | Failure {
  const own = byType ? ["thingPrincipalType", "principal"] : [];
  const query = new Query(call, operation, [...pageMembers, ...own]);
  const wish = readTokenPage(query, operation);
  const type = byType ? readPrincipalType(query) : undefined;
  if (query.problem) return invalid(query.problem);
  const wanted = all.filter((one) => type === undefined || one.type === type);
  const placeOf = ({ name }: Attached) => name;
  const { entries, token } = listPage(wanted, { ...wish, list: operation, placeOf });
  return { attached: entries, nextToken: token };
}
