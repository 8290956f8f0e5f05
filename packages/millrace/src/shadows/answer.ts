/** What an operation comes to: the document for who asked, and the messages for everybody. */

import { errorDocument } from "./document/answers.ts";
import type { Problem } from "./document/problem.ts";
import type { Operation } from "./names.ts";

export interface Answer {
  /** Absent: the request was accepted. */
  readonly problem?: Problem;
  readonly document: object;
  /** In the order in which they are published. */
  readonly messages: readonly AnswerMessage[];
}

export interface AnswerMessage {
  /** Behind the shadow's own prefix, e.g. `update/accepted`. */
  readonly topic: string;
  readonly document: object;
}

export function rejected(
  operation: Operation,
  problem: Problem,
  clientToken: string | undefined,
): Answer {
  const document = errorDocument(problem, clientToken);
  return { problem, document, messages: [{ topic: `${operation}/rejected`, document }] };
}

export function accepted(
  operation: Operation,
  document: object,
  more: readonly AnswerMessage[] = [],
): Answer {
  return { document, messages: [{ topic: `${operation}/accepted`, document }, ...more] };
}
