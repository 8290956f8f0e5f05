/** What an action is to the engine. */

import type { Output, SqlError, SqlVersion, Value } from "../../sql/mod.ts";
import type { RuleContext } from "../message.ts";
import type { RulePorts } from "../ports.ts";

export interface ActionInput {
  /** What the statement selected. */
  readonly output: Output;
  /** What the statement's SET gave, for templates. */
  readonly variables: readonly Value[];
  /** The original message: templates see this, not the output. */
  readonly context: RuleContext;
}

/** Why an action failed, for good; `undefined` when it did not. */
export type ActionProblem = string | undefined;

export interface Action {
  readonly kind: string;
  /** Throws a `WorldError` when another attempt may succeed. */
  perform(input: ActionInput): Promise<ActionProblem>;
}

/** What an action is made from, besides its definition. */
export interface ActionSetting {
  readonly ruleName: string;
  readonly version: SqlVersion;
  /** What the statement sets, for templates. */
  readonly variables: readonly string[];
  readonly ports: RulePorts;
}

export type LoadedAction =
  | {
      readonly ok: true;
      readonly action: Action;
      /** What is allowed and hardly meant. */
      readonly warnings?: readonly (SqlError & { readonly property: string })[];
    }
  | { readonly ok: false; readonly error: ActionError };

/** `property` is the definition's; line and column count from 1 in its text. */
export interface ActionError {
  readonly property: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}
