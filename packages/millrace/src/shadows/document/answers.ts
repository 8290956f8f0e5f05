/**
 * The documents that the service answers with, each as an object whose members stand in the order
 * in which AWS IoT writes them. [guide: Response state documents]
 *
 * What the guide leaves open is chosen here, a function each.
 */

import { deltaOf } from "./delta.ts";
import { emptyObject, isEmpty, isObject, type Json, type JsonObject } from "./json.ts";
import { metadataFor, metadataOf } from "./metadata.ts";
import type { Problem } from "./problem.ts";
import type { StateRequest, UpdateRequest } from "./request.ts";
import { isThere, type Kept, type Shadow } from "./shadow.ts";

/** When an answer is given, and to whom. */
export interface Occasion {
  readonly nowSeconds: number;
  readonly clientToken: string | undefined;
}

/** The whole shadow. The delta's metadata is that of `desired`, and not said twice. */
export function wholeDocument(
  { state, metadata, version }: Shadow,
  { nowSeconds, clientToken }: Occasion,
): object {
  const delta = deltaOfShadow(state);
  const shown = isEmpty(delta) ? state : { ...state, delta };
  return { state: shown, metadata, version, timestamp: nowSeconds, clientToken };
}

/** What the request asked for, nulls included, with the time of all of it. */
export function acceptedDocument(
  { state, clientToken }: UpdateRequest,
  { version }: Shadow,
  nowSeconds: number,
): object {
  const metadata = metadataOfRequest(state, nowSeconds);
  return { state, metadata, version, timestamp: nowSeconds, clientToken };
}

/** A null has a time too, even where it stands for the whole state. [live captures] */
function metadataOfRequest(state: StateRequest | null, nowSeconds: number): Json {
  return metadataOf(state as Json, nowSeconds);
}

/** The shadow before and after an update. */
export function documentsDocument(before: Kept, after: Shadow, occasion: Occasion): object {
  const { nowSeconds, clientToken } = occasion;
  const current = documentOf(after);
  return { previous: previousOf(before), current, timestamp: nowSeconds, clientToken };
}

/** Of a shadow that was not there: null. [live captures] */
function previousOf(before: Kept): object | null {
  return isThere(before) ? documentOf(before) : null;
}

function documentOf({ state, metadata, version }: Shadow): object {
  return { state, metadata, version };
}

/**
 * `undefined` when there is nothing to tell: no difference, or an update that named no section.
 * Everything that differs is told after every update, not only what differs newly: "publishes when
 * it accepts a change ... and contains different values". [guide: /update/delta]
 */
export function deltaDocument(
  { state: asked, clientToken }: UpdateRequest,
  { state, metadata, version }: Shadow,
  nowSeconds: number,
): object | undefined {
  if (asked && isEmpty(asked as JsonObject)) return undefined;
  const delta = deltaOfShadow(state);
  if (isEmpty(delta)) return undefined;
  const times = metadataFor(delta, metadata.desired ?? emptyObject);
  return { version, timestamp: nowSeconds, state: delta, metadata: times, clientToken };
}

function deltaOfShadow({ desired, reported }: Shadow["state"]): JsonObject {
  return isObject(desired) ? deltaOf(desired, reported ?? emptyObject) : emptyObject;
}

/** With the version of what was deleted. */
export function deletedDocument(version: number, { nowSeconds, clientToken }: Occasion): object {
  return { version, timestamp: nowSeconds, clientToken };
}

/** The guide lists a timestamp that "is not present in all"; in its samples it is in none. */
export function errorDocument({ code, message }: Problem, clientToken: string | undefined): object {
  return { code, message, clientToken };
}
