/**
 * A shadow, and what becomes of it: pure, from one to the next.
 *
 * The version grows by one with every update, whether that changes something or not. Deleting
 * leaves the version behind for 48 hours: the next shadow of that name goes on from there.
 * [guide: Versioning shadow documents, Interacting with shadows]
 */

import { utf8 } from "../../base/mod.ts";
import { shadowLimits } from "../limits.ts";
import { emptyObject, isEmpty, type JsonObject } from "./json.ts";
import { emptySection, merge, type Section } from "./merge.ts";
import { type Problem, problems } from "./problem.ts";
import type { StateRequest, UpdateRequest } from "./request.ts";

/** A section that is empty is absent. */
export interface Sections {
  readonly desired?: JsonObject;
  readonly reported?: JsonObject;
}

export interface Shadow {
  readonly state: Sections;
  readonly metadata: Sections;
  readonly version: number;
}

/** What is left of one that was deleted. */
export interface Deleted {
  readonly version: number;
  readonly deletedAtSeconds: number;
}

/** What there is under a name; `undefined`: nothing, or nothing any more. */
export type Kept = Shadow | Deleted | undefined;

export function isThere(kept: Kept): kept is Shadow {
  return kept !== undefined && "state" in kept;
}

/** Without versions whose time is over. */
export function keptAt(kept: Kept, nowSeconds: number): Kept {
  if (kept === undefined || isThere(kept)) return kept;
  return nowSeconds - kept.deletedAtSeconds < shadowLimits.versionKeptSeconds ? kept : undefined;
}

export type Updated =
  | { readonly ok: true; readonly shadow: Shadow }
  | { readonly ok: false; readonly problem: Problem };

/** What the update makes of what there is, or why it is rejected. */
export function update(kept: Kept, request: UpdateRequest, nowSeconds: number): Updated {
  const version = versionBefore(kept);
  if (request.version !== undefined && request.version !== version) {
    return { ok: false, problem: problems.versionConflict };
  }
  const before: Pick<Shadow, "state" | "metadata"> = isThere(kept) ? kept : noSections;
  const wanted: StateRequest = request.state ?? { desired: null, reported: null };
  const desired = updateSection(sectionOf(before, "desired"), wanted.desired, nowSeconds);
  const reported = updateSection(sectionOf(before, "reported"), wanted.reported, nowSeconds);
  const state = sectionsOf(desired.state, reported.state);
  if (utf8(JSON.stringify(state)).length > shadowLimits.stateBytesMax) {
    return { ok: false, problem: problems.tooLarge };
  }
  const metadata = {
    ...(state.desired && { desired: desired.metadata }),
    ...(state.reported && { reported: reported.metadata }),
  };
  return { ok: true, shadow: { state, metadata, version: version + 1 } };
}

const noSections = { state: {}, metadata: {} };

/**
 * What an update's `version` is compared with. The guide says that a new shadow's version is 0, and
 * live captures begin with 1: 0 is the version before the first update. Where it was deleted
 * lately, the guide says that the new version follows the old one.
 */
function versionBefore(kept: Kept): number {
  return kept?.version ?? 0;
}

function sectionOf(
  { state, metadata }: Pick<Shadow, "state" | "metadata">,
  name: keyof Sections,
): Section {
  return { state: state[name] ?? emptyObject, metadata: metadata[name] ?? emptyObject };
}

function updateSection(
  section: Section,
  patch: JsonObject | null | undefined,
  nowSeconds: number,
): Section {
  if (patch === null) return emptySection;
  return patch === undefined ? section : merge(section, patch, nowSeconds);
}

/** [guide: Empty shadow document properties] */
function sectionsOf(desired: JsonObject, reported: JsonObject): Sections {
  return {
    ...(!isEmpty(desired) && { desired }),
    ...(!isEmpty(reported) && { reported }),
  };
}
