/**
 * A policy set bound to what stays the same for a connection, so that a check is quick.
 *
 * The first check of an action makes its table: statements about other actions are left out,
 * variables are replaced, conditions on the connection's keys are decided. Later checks compare
 * strings.
 */

import { policyLimits } from "../limits.ts";
import { Context, type ContextKeys } from "../match/context.ts";
import type { Principal } from "../match/principal.ts";
import { type ActionTable, bindActionTable, decide } from "./action-table.ts";
import type { Decision } from "./decision.ts";
import type { PolicySet } from "./policy-set.ts";
import { tableOf } from "./set-tables.ts";

export interface BoundPolicySet {
  /**
   * The decision for a request of the connection. `keys` are what this request adds, such as
   * `iot:LastWillTopic`; what the connection has said stands, whatever they say.
   */
  decide(action: string, resource: string, keys?: ContextKeys): Decision;
  allows(action: string, resource: string, keys?: ContextKeys): boolean;
}

/**
 * Binds it. A key with an empty list is settled as absent, e.g. the thing's name for a client that
 * is no thing; a key that is not given at all may still come with a request.
 */
export function bindPolicySet(
  set: PolicySet,
  keys: ContextKeys,
  principal?: Principal,
): BoundPolicySet {
  return new Bound(set, new Context(keys), principal);
}

class Bound implements BoundPolicySet {
  readonly #set: PolicySet;
  readonly #context: Context;
  readonly #principal: Principal | undefined;
  readonly #tables = new Map<string, ActionTable>();

  constructor(set: PolicySet, context: Context, principal: Principal | undefined) {
    this.#set = set;
    this.#context = context;
    this.#principal = principal;
  }

  decide(action: string, resource: string, keys?: ContextKeys): Decision {
    const context = keys === undefined ? this.#context : this.#context.extend(keys);
    return decide(this.#tableOf(action), { resource, context, principal: this.#principal });
  }

  allows(action: string, resource: string, keys?: ContextKeys): boolean {
    return this.decide(action, resource, keys).outcome === "allowed";
  }

  #tableOf(action: string): ActionTable {
    const known = this.#tables.get(action);
    if (known) return known;
    if (this.#tables.size >= policyLimits.actionTablesMax) this.#tables.clear();
    const table = bindActionTable(tableOf(this.#set, action), this.#context);
    this.#tables.set(action, table);
    return table;
  }
}
