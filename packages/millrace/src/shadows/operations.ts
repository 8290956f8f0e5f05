/**
 * The three operations on one shadow: what they read, what they keep, what they answer.
 *
 * They run in the shadow's turn, so that a get that follows an update sees it, and answers come in
 * the order of their versions. A problem of the disk is thrown.
 */

import { type Answer, accepted, rejected } from "./answer.ts";
import {
  acceptedDocument,
  deletedDocument,
  deltaDocument,
  documentsDocument,
  wholeDocument,
} from "./document/answers.ts";
import { noShadow } from "./document/problem.ts";
import { readDelete, readGet, readUpdate, type UpdateRequest } from "./document/request.ts";
import { isThere, type Kept, keptAt, type Shadow, update } from "./document/shadow.ts";
import type { Operation, ShadowName } from "./names.ts";
import type { ShadowStore } from "./store.ts";

export interface Work {
  readonly store: ShadowStore;
  readonly name: ShadowName;
  readonly payload: Uint8Array;
  readonly nowSeconds: number;
}

export const operations: Readonly<Record<Operation, (work: Work) => Promise<Answer>>> = {
  get: getShadow,
  update: updateShadow,
  delete: deleteShadow,
};

async function getShadow({ store, name, payload, nowSeconds }: Work): Promise<Answer> {
  const read = readGet(payload);
  if (!read.ok) return rejected("get", read.problem, read.clientToken);
  const { clientToken } = read.request;
  const kept = await store.read(name);
  if (!kept) return rejected("get", noShadow(shownName(name)), clientToken);
  return accepted("get", wholeDocument(kept, { nowSeconds, clientToken }));
}

async function updateShadow({ store, name, payload, nowSeconds }: Work): Promise<Answer> {
  const read = readUpdate(payload);
  if (!read.ok) return rejected("update", read.problem, read.clientToken);
  const { request } = read;
  const { before, updated } = await store.change(name, (kept) => {
    const current = keptAt(kept, nowSeconds);
    const outcome = update(current, request, nowSeconds);
    const result = { before: current, updated: outcome };
    return outcome.ok ? { kept: outcome.shadow, result } : { result };
  });
  if (!updated.ok) return rejected("update", updated.problem, request.clientToken);
  return updatedAnswer(request, { before, shadow: updated.shadow, nowSeconds });
}

interface Change {
  readonly before: Kept;
  readonly shadow: Shadow;
  readonly nowSeconds: number;
}

/** The same over MQTT and HTTP; of HTTP the guide names the delta alone. [live captures] */
function updatedAnswer(request: UpdateRequest, { before, shadow, nowSeconds }: Change): Answer {
  const { clientToken } = request;
  const documents = documentsDocument(before, shadow, { nowSeconds, clientToken });
  const delta = deltaDocument(request, shadow, nowSeconds);
  return accepted("update", acceptedDocument(request, shadow, nowSeconds), [
    { topic: "update/documents", document: documents },
    ...(delta ? [{ topic: "update/delta", document: delta }] : []),
  ]);
}

async function deleteShadow({ store, name, payload, nowSeconds }: Work): Promise<Answer> {
  const { clientToken } = readDelete(payload);
  const version = await store.change(name, (kept) => {
    if (!isThere(kept)) return { result: undefined };
    const deleted = { version: kept.version, deletedAtSeconds: nowSeconds };
    return { kept: deleted, result: kept.version };
  });
  if (version === undefined) return rejected("delete", noShadow(shownName(name)), clientToken);
  return accepted("delete", deletedDocument(version, { nowSeconds, clientToken }));
}

function shownName({ thingName, shadowName }: ShadowName): string {
  return shadowName ?? thingName;
}
