/** One decision about one request, for callers that have no connection to bind to. */

import { Context, type ContextKeys } from "../match/context.ts";
import type { Principal } from "../match/principal.ts";
import { decide } from "./action-table.ts";
import type { Decision } from "./decision.ts";
import type { PolicySet } from "./policy-set.ts";
import { tableOf } from "./set-tables.ts";

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

/** Decides; every variable and condition is looked at for this request. */
export function evaluate(set: PolicySet, request: PolicyRequest): Decision {
  const { action, resource, keys, principal } = request;
  return decide(tableOf(set, action), { resource, context: new Context(keys), principal });
}
