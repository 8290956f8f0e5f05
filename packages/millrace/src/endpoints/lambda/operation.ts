/**
 * What an operation of the control plane is, and how its request is read.
 *
 * A route names every parameter that its operation knows, with its type: any other is refused by
 * name, so that nothing is silently left out.
 */

import { decodeLabel, type RestTarget } from "../../aws/mod.ts";
import type { Functions } from "../../functions/mod.ts";
import { parseJson, readBody } from "../body.ts";
import { controlBodyBytesMax } from "../limits.ts";
import type { AdmittedCall, ApiDoorPorts } from "../ports.ts";
import { denied, invalidParameter, notJson, type Refusal, refuse, tooLarge } from "./answers.ts";
import { noFunctionName } from "./constraints.ts";
import { agreedQualifier, type FunctionReference, parseFunctionName } from "./function-name.ts";

type MemberType = "string" | "number" | "boolean" | "object";

export interface Route {
  readonly operation: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Its first group is the function's name, as it was sent; a second what follows. */
  readonly path: RegExp;
  /** Without this in its query a request is another operation's. */
  readonly flag?: string;
  /** Of the body. */
  readonly members?: Readonly<Record<string, MemberType>>;
  /** Of the query. */
  readonly query?: readonly string[];
  readonly perform: (call: ControlCall) => Promise<Answer>;
}

export interface ControlCall {
  readonly functions: Pick<Functions, "control" | "settings" | "urls" | "layers">;
  readonly triggers: ApiDoorPorts["triggers"];
  /** Whether there is an event bus of that ARN. */
  readonly hasBus: (arn: string) => boolean;
  /** The address that a function's URL of this id has here. */
  readonly urlOf: (id: string) => string;
  /** Empty where the path has none. */
  readonly name: string;
  /** From the query, or behind the name. */
  readonly qualifier: string | undefined;
  /** What the path names below the function. */
  readonly label: string;
  readonly query: URLSearchParams;
  readonly body: Body;
}

/** Members of the types that the route names; absent ones are `undefined`. */
export type Body = Readonly<Record<string, unknown>>;

export type Answer =
  | { readonly status: number; readonly body?: unknown }
  | { readonly refusal: Refusal };

export function done(status: number, body?: unknown): Answer {
  return { status, body };
}

export function no(refusal: Refusal): Answer {
  return { refusal };
}

/** Reads the request as the route says, and lets it be performed. */
export async function perform(
  call: AdmittedCall,
  target: RestTarget,
  route: Route,
): Promise<Response> {
  const read = await readCall(call, target, route);
  const answer = "refusal" in read ? read : await performIfAllowed(call, route, read);
  if ("refusal" in answer) return refuse(call, answer.refusal);
  const headers = { "x-amzn-requestid": call.requestId };
  const { status, body } = answer;
  return body === undefined
    ? new Response(null, { status, headers })
    : Response.json(body, { status, headers });
}

async function performIfAllowed(call: AdmittedCall, route: Route, read: ControlCall) {
  const denial = denied(call, { ...read, operation: route.operation });
  return denial ? no(denial) : route.perform(read);
}

async function readCall(
  call: AdmittedCall,
  { path, query }: RestTarget,
  route: Route,
): Promise<ControlCall | { readonly refusal: Refusal }> {
  const [, first = "", second = ""] = route.path.exec(path)!;
  const text = decodeLabel(first) ?? "";
  const reference = text === "" ? { name: "" } : parseFunctionName(text);
  if (!reference) return { refusal: noFunctionName(text) };
  const qualifier = readQualifier(reference, query, route);
  if (typeof qualifier === "object") return { refusal: qualifier };
  const unknown = [...query.keys()].find((key) => !route.query?.includes(key));
  if (unknown) return unknownMember(unknown, route);
  const body = await readMembers(call, route);
  if ("refusal" in body) return body as Refused;
  return {
    functions: call.ports.functions,
    urlOf: call.ports.functionUrlOf,
    triggers: call.ports.triggers,
    hasBus: (arn) => call.ports.buses.busOf(arn) !== undefined,
    name: reference.name,
    qualifier,
    label: decodeLabel(second) ?? "",
    query,
    body,
  };
}

/** From the query or from behind the name, where the operation knows any. */
function readQualifier(
  { name, qualifier: derived }: FunctionReference,
  query: URLSearchParams,
  { operation, query: known }: Route,
): string | undefined | Refusal {
  if (known?.includes("Qualifier")) return agreedQualifier(derived, query);
  if (derived === undefined || derived === "$LATEST") return undefined;
  return invalidParameter(`"${name}:${derived}": a qualifier of ${operation} is not implemented`);
}

type Refused = { readonly refusal: Refusal };

async function readMembers(call: AdmittedCall, route: Route): Promise<Body | Refused> {
  const bytes = await readBody(call.request, controlBodyBytesMax);
  if (!bytes) return { refusal: tooLarge(controlBodyBytesMax, route.operation) };
  if (bytes.length === 0) return {};
  const body = parseJson(bytes);
  if (typeof body !== "object" || body === null || Array.isArray(body)) return { refusal: notJson };
  const given = Object.entries(body).filter(([, value]) => value !== null);
  for (const [name, value] of given) {
    const type = route.members?.[name];
    if (!type) return unknownMember(name, route);
    if (typeof value !== type) {
      return { refusal: invalidParameter(`"${name}" must be a ${type}, not ${typeof value}`) };
    }
  }
  return Object.fromEntries(given);
}

function unknownMember(name: string, { operation }: Route): Refused {
  return { refusal: invalidParameter(`"${name}" of ${operation} is not implemented`) };
}

/**
 * The members of an object in the body, or in words what is wrong with it: that it is none, or has
 * a member that is not among `known`. Members that are null count as absent.
 */
export function readNested(value: unknown, where: string, known: readonly string[]): Body | string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return `"${where}" must be an object`;
  }
  const given = Object.entries(value).filter(([, one]) => one !== null);
  const unknown = given.find(([name]) => !known.includes(name));
  return unknown
    ? `"${unknown[0]}" of "${where}" is not implemented; "${known.join('", "')}" is`
    : Object.fromEntries(given);
}
