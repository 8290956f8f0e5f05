/** What an explanation says about one statement: how it stands to the request, part by part. */

import type { StatementPlace } from "../decide/decision.ts";

export interface StatementReport {
  readonly place: StatementPlace;
  /** In its document, e.g. `/Statement/2`. */
  readonly pointer: string;
  readonly matches: boolean;
  /** It is the statement that decided. */
  readonly decides: boolean;
  readonly action: PatternsReport;
  /** Absent where the statement has no such element. */
  readonly resource?: PatternsReport;
  readonly principal?: { readonly matches: boolean };
  readonly conditions: readonly ConditionReport[];
  /** One sentence: that it matches, or the first part that does not, with the values compared. */
  readonly why: string;
  /** What the author may have meant, when the resource alone fails for a known reason. */
  readonly hint?: string;
}

export interface PatternsReport {
  /** Whether the element as a whole speaks for the statement, `Not...` taken into account. */
  readonly matches: boolean;
  readonly not: boolean;
  readonly patterns: readonly PatternReport[];
}

export interface PatternReport {
  /** As it stands in the document. */
  readonly pattern: string;
  readonly matches: boolean;
  /** With its variables replaced; absent without variables, or when one became nothing. */
  readonly becomes?: string;
  /** Variables that became nothing. */
  readonly unresolved: readonly string[];
}

export interface ConditionReport {
  /** With prefix and suffix. */
  readonly operator: string;
  readonly key: string;
  /** The policy's. */
  readonly values: readonly string[];
  /** The request's; empty when it has none. */
  readonly given: readonly string[];
  readonly holds: boolean;
}
