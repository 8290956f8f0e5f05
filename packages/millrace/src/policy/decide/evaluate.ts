/** One decision about one request, for callers that have no connection to bind to. */

import { Context, type ContextKeys } from "../match/context.ts";
import type { Principal } from "../match/principal.ts";
import { createActionTable, decide } from "./action-table.ts";
import type { Decision } from "./decision.ts";
import type { PolicySet } from "./policy-set.ts";

export interface PolicyRequest {
  /** e.g. `iot:Publish`; compared without case. */
  readonly action: string;
  /** The ARN, or `*` for an action that is about no resource. */
  readonly resource: string;
  /** What is known of the request and who makes it, by condition key. */
  readonly keys?: ContextKeys;
  /** For policies of resources and roles; who is not named is anonymous. */
  readonly principal?: Principal;
}

/** Decides anew, with nothing remembered from earlier requests; some microseconds. */
export function evaluate(set: PolicySet, request: PolicyRequest): Decision {
  const { action, resource, principal } = request;
  const context = new Context(request.keys);
  const table = createActionTable(set, action, context);
  return decide(table, { resource, context, principal });
}
