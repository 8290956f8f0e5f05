/** What comes out of an evaluation. */

import type { Statement } from "../document.ts";

/** The lists of policies that can take part in a decision. */
export type ListName = "identity" | "resource" | "boundary" | "session" | "iot";

/** The statement that decided, and where it stands. */
export interface StatementPlace {
  readonly list: ListName;
  /** The policy's name, as whoever compiled it called it. */
  readonly policy: string;
  /** Of the statement in its document, from 0. */
  readonly index: number;
  readonly statement: Statement;
}

export type Decision =
  | { readonly outcome: "allowed"; readonly by: StatementPlace }
  | { readonly outcome: "explicitDeny"; readonly by: StatementPlace }
  /** Nothing forbids it, but this list has no statement that allows it. */
  | { readonly outcome: "implicitDeny"; readonly lacking: ListName };
