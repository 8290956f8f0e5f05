/**
 * PutResourcePolicy, GetResourcePolicy and DeleteResourcePolicy: who else may use a table or a
 * stream. A table's policy is also that of its indexes.
 */

import { newUuid } from "../../base/mod.ts";
import { keyProblems, parsePolicyText } from "../../policy/mod.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { type Account, streamLabel } from "../catalog/describe.ts";
import { parseTableArn } from "../catalog/table-names.ts";
import { refuse, refuseInvalid } from "../errors.ts";
import { policyBytesMax } from "../limits.ts";
import { messages } from "../messages.ts";
import { readRequest } from "../request/read.ts";
import {
  deleteResourcePolicyShape,
  getResourcePolicyShape,
  putResourcePolicyShape,
} from "../request/table-shapes.ts";
import type { ResourcePolicy, Table } from "../store/table.ts";
import type { Context, Operation } from "./operation.ts";

/** Told instead of a revision: there must be no policy yet. */
const noPolicy = "NO_POLICY";

export const putResourcePolicy: Operation = async (context, request) => {
  const input = readRequest(putResourcePolicyShape, request);
  const { ResourceArn, Policy: document, ExpectedRevisionId } = input;
  checkPolicy(document);
  const { table, part } = findByArn(context, ResourceArn);
  let RevisionId = newUuid(context.random);
  await context.catalog.change(table, (state) => {
    const before = state.policies?.[part];
    if (ExpectedRevisionId !== undefined) checkRevision(before, ExpectedRevisionId);
    // The same document again is no new revision.
    if (before?.document === document) RevisionId = before.revisionId;
    const policy = { document, revisionId: RevisionId };
    return { ...state, policies: { ...state.policies, [part]: policy } };
  });
  return { RevisionId };
};

export const getResourcePolicy: Operation = async (context, request) => {
  const { ResourceArn } = readRequest(getResourcePolicyShape, request);
  const { table, part } = findByArn(context, ResourceArn);
  const policy = table.state.policies?.[part];
  if (!policy) refuse("PolicyNotFoundException", messages.policyNotFound(ResourceArn));
  return { Policy: policy.document, RevisionId: policy.revisionId };
};

/** No error when there is none, unless a revision is expected. */
export const deleteResourcePolicy: Operation = async (context, request) => {
  const input = readRequest(deleteResourcePolicyShape, request);
  const { ResourceArn, ExpectedRevisionId } = input;
  const { table, part } = findByArn(context, ResourceArn);
  let before: ResourcePolicy | undefined;
  await context.catalog.change(table, (state) => {
    before = state.policies?.[part];
    if (ExpectedRevisionId !== undefined) checkRevision(before, ExpectedRevisionId);
    const { [part]: _, ...policies } = state.policies ?? {};
    return { ...state, policies };
  });
  return before ? { RevisionId: before.revisionId } : {};
};

/** Refuses a document that is no policy of a resource, with what is wrong and where. */
export function checkPolicy(document: string): void {
  if (Buffer.byteLength(document) > policyBytesMax) refuseInvalid(messages.policySize);
  const parsed = parsePolicyText(document, "resource");
  if (parsed.ok) {
    const [unknown] = keyProblems(parsed.document);
    if (unknown)
      refuseInvalid(
        `${messages.policyInvalid}${unknown.message} at /Statement/${unknown.statement}`,
      );
    return;
  }
  const [first] = parsed.problems;
  const place = first?.pointer ? ` at ${first.pointer}` : "";
  refuseInvalid(`${messages.policyInvalid}${first?.message}${place}`);
}

function checkRevision(before: ResourcePolicy | undefined, expected: string): void {
  const actual = before?.revisionId ?? noPolicy;
  if (actual !== expected) refuse("PolicyNotFoundException", messages.policyRevision(expected));
}

function findByArn({ catalog, account }: Context, arn: string) {
  const found = resourceOf({ catalog, account }, arn);
  if (found && !found.part.startsWith("/index/")) return found;
  if (!parseTableArn(account, arn)) refuseInvalid(messages.arnInvalid(arn));
  return refuse("ResourceNotFoundException", messages.arnNotFound(arn));
}

/** The policy that is attached to what has the ARN; a table's is that of its indexes, too. */
export function policyOfArn(
  house: { readonly catalog: Pick<Catalog, "get">; readonly account: Account },
  arn: string,
): ResourcePolicy | undefined {
  const found = resourceOf(house, arn);
  if (!found) return undefined;
  const { table, part } = found;
  return table.state.policies?.[part.startsWith("/index/") ? "" : part];
}

/** The table, and which part of it: `""` for itself, `/stream/...` or `/index/...`. */
function resourceOf(
  { catalog, account }: { readonly catalog: Pick<Catalog, "get">; readonly account: Account },
  arn: string,
): { readonly table: Table; readonly part: string } | undefined {
  const found = parseTableArn(account, arn);
  if (!found?.isLocal) return undefined;
  const { name, part } = found;
  const table = catalog.get(name);
  return table && isPart(table, part) ? { table, part } : undefined;
}

function isPart({ state }: Table, part: string): boolean {
  if (part === "") return true;
  if (part.startsWith("/index/")) return true;
  return state.streams?.some((one) => part === `/stream/${streamLabel(one)}`) ?? false;
}
