/** What a PartiQL statement says, in the nodes that expressions are made of. */

import type { Item } from "../attribute-value.ts";
import type { Placeholders } from "../placeholders.ts";
import type { ActionNode, ConditionNode, PathNode } from "../syntax.ts";

interface OnTable {
  readonly table: string;
  /** Names and values that the nodes refer to. */
  readonly placeholders: Placeholders;
}

export interface SelectStatement extends OnTable {
  readonly kind: "select";
  readonly index?: string;
  /** Absent: everything. */
  readonly paths?: readonly PathNode[];
  readonly where?: ConditionNode;
  /** As written; at least one. */
  readonly order?: readonly OrderTerm[];
}

export interface OrderTerm {
  readonly attribute: string;
  readonly descending: boolean;
}

export interface InsertStatement extends OnTable {
  readonly kind: "insert";
  readonly item: Item;
}

export type Returning = "ALL_OLD" | "ALL_NEW" | "UPDATED_OLD" | "UPDATED_NEW";

export interface UpdateStatement extends OnTable {
  readonly kind: "update";
  readonly actions: readonly ActionNode[];
  readonly where?: ConditionNode;
  readonly returning?: Returning;
}

export interface DeleteStatement extends OnTable {
  readonly kind: "delete";
  readonly where?: ConditionNode;
  readonly returning?: Returning;
}

/** A condition of a transaction: that the select finds its item. */
export interface ExistsStatement extends OnTable {
  readonly kind: "exists";
  readonly where?: ConditionNode;
}

export type Statement =
  | SelectStatement
  | InsertStatement
  | UpdateStatement
  | DeleteStatement
  | ExistsStatement;
