/** The registry of devices on the wire: its problems by AWS's names, names in paths, its lists. */

import { decodeLabel } from "../../aws/mod.ts";
import type {
  ProblemKind,
  Outcome as RegistryOutcome,
  RegistryProblem,
} from "../../identity/mod.ts";
import { type PageWish, pageOf, readPage } from "../page.ts";
import type { Query } from "../query.ts";
import { done, type ErrorType, type Failure, failure, invalid, type Outcome } from "./answers.ts";
import type { IotCall } from "./operation.ts";

const types: Readonly<Record<ProblemKind, ErrorType>> = {
  missing: "ResourceNotFoundException",
  exists: "ResourceAlreadyExistsException",
  invalid: "InvalidRequestException",
  attached: "DeleteConflictException",
  tooMany: "LimitExceededException",
  tooManyVersions: "VersionsLimitExceededException",
  outdated: "VersionConflictException",
  malformedPolicy: "MalformedPolicyException",
  wrongState: "CertificateStateException",
  unproved: "CertificateValidationException",
  wrongCode: "RegistrationCodeValidationException",
  ambiguous: "CertificateConflictException",
};

export function failureOf({ kind, message, id, arn }: RegistryProblem): Failure {
  const there = { ...(id && { resourceId: id }), ...(arn && { resourceArn: arn }) };
  return failure(types[kind], message, there);
}

/** The answer to a change: what `body` makes of it, or nothing, or the problem. */
export function answered<T>(
  outcome: RegistryOutcome<T>,
  body?: (value: T) => object | undefined,
): Outcome {
  if (!outcome.ok) return failureOf(outcome.problem);
  const made = body?.(outcome.value);
  return made ? { body: made } : done;
}

export interface NameForm {
  readonly what: string;
  readonly pattern: RegExp;
}

export const nameForms = {
  policy: { what: "policy name", pattern: /^[\w+=,.@-]{1,128}$/ },
  version: { what: "policy version", pattern: /^[0-9]{1,9}$/ },
  certificate: { what: "certificate id", pattern: /^[0-9a-f]{64}$/ },
  thing: { what: "thing name", pattern: /^[a-zA-Z0-9:_-]{1,128}$/ },
  thingGroup: { what: "thing group name", pattern: /^[a-zA-Z0-9:_-]{1,128}$/ },
  thingType: { what: "thing type name", pattern: /^[a-zA-Z0-9:_-]{1,128}$/ },
} satisfies Record<string, NameForm>;

/** The name at a place in the path, or what is wrong with it. */
export function readName(
  { labels }: IotCall,
  { what, pattern }: NameForm,
  place = 0,
): string | Failure {
  const sent = labels[place] ?? "";
  const name = decodeLabel(sent);
  if (name !== undefined && pattern.test(name)) return name;
  return invalid(`The ${what} "${name ?? sent}" does not match ${pattern.source}`);
}

/** A header that must be there. */
export function readHeader({ request }: IotCall, name: string): string | Failure {
  const value = request.headers.get(name);
  return value === null || value === "" ? invalid(`The header "${name}" is missing`) : value;
}

const registryPage = { countDefault: 25, countBound: 250 };
export const markerMembers = ["marker", "pageSize"] as const;
export const orderMember = "isAscendingOrder";

/** How the lists of certificates and policies ask for a page. */
export function readMarkerPage(query: Query, list: string): PageWish {
  return readPage(query, { list, ...registryPage, names: markerMembers });
}

/** How the lists of things do. */
export function readTokenPage(query: Query, list: string): PageWish {
  return readPage(query, { list, ...registryPage });
}

interface Listing<T> extends PageWish {
  readonly list: string;
  /** What the list is in order of. */
  readonly placeOf: (entry: T) => string;
  /** The last place first. */
  readonly descending?: boolean;
}

interface Placed<T> {
  readonly entry: T;
  readonly place: string;
}

/** The wished page of what is there, in order. One walk, and no more kept than a page has. */
export function listPage<T>(all: Iterable<T>, { after, ...listing }: Listing<T>) {
  const { placeOf, descending = false, list, countMax } = listing;
  const isBefore = (one: string, other: string) => (descending ? one > other : one < other);
  const wanted: Placed<T>[] = [];
  for (const entry of all) {
    const place = placeOf(entry);
    if (after !== undefined && !isBefore(after, place)) continue;
    const last = wanted[countMax];
    if (last && !isBefore(place, last.place)) continue;
    insert(wanted, { entry, place }, isBefore);
    if (wanted.length > countMax + 1) wanted.pop();
  }
  const page = pageOf(wanted, { list, countMax, placeOf: ({ place }) => place });
  const token = page.nextToken ?? undefined;
  return { entries: page.entries.map(({ entry }) => entry), token };
}

function insert<T>(
  sorted: Placed<T>[],
  placed: Placed<T>,
  isBefore: (one: string, other: string) => boolean,
): void {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(sorted[middle]!.place, placed.place)) low = middle + 1;
    else high = middle;
  }
  sorted.splice(low, 0, placed);
}

/** In the order in which they were made. */
export function placeByTime(createdAtMs: number, name: string): string {
  return `${String(createdAtMs).padStart(16, "0")} ${name}`;
}
