/** What a rule is: AWS's `TopicRulePayload`, checked, and the rule's name. */

import type { SqlVersion } from "../sql/mod.ts";
import type { ActionDefinition } from "./actions/catalog.ts";

export interface RuleDefinition {
  /** 1 to 128 characters of `[A-Za-z0-9_]`. */
  readonly name: string;
  readonly sql: string;
  readonly sqlVersion: SqlVersion;
  readonly enabled: boolean;
  readonly description?: string;
  /** 0 to 10. */
  readonly actions: readonly ActionDefinition[];
  /** Done once for a message when any of the actions has failed. */
  readonly errorAction?: ActionDefinition;
}
