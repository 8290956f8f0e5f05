/**
 * What is refused, with its code; the words are in `messages.ts`.
 *
 * Inside the part a refusal is thrown, also from within an update of the store, which then changes
 * nothing; `answer` at the door turns it into a value.
 */

import type { Awaitable } from "../base/mod.ts";
import type { Item, Outcome } from "../expressions/mod.ts";
import { messages } from "./messages.ts";

export type TableErrorCode =
  | "BackupNotFoundException"
  | "ConditionalCheckFailedException"
  | "DuplicateItemException"
  | "ExpiredIteratorException"
  | "ExportNotFoundException"
  | "GlobalTableNotFoundException"
  | "IdempotentParameterMismatchException"
  | "ImportNotFoundException"
  | "InvalidRestoreTimeException"
  | "LimitExceededException"
  | "PointInTimeRecoveryUnavailableException"
  | "PolicyNotFoundException"
  | "ProvisionedThroughputExceededException"
  | "ResourceInUseException"
  | "ResourceNotFoundException"
  | "SerializationException"
  | "TableAlreadyExistsException"
  | "TableNotFoundException"
  | "ThrottlingException"
  | "TransactionCanceledException"
  | "TrimmedDataAccessException"
  | "ValidationException";

export interface TableError {
  readonly code: TableErrorCode;
  readonly message: string;
  /** The item that stood there, when a failed condition was asked to return it. */
  readonly item?: Item;
  /** Why a transaction was canceled, in the order of its items. */
  readonly reasons?: readonly CancellationReason[];
  /** What there was no capacity left of. */
  readonly throttling?: readonly { readonly reason: string; readonly resource: string }[];
}

export interface CancellationReason {
  readonly Code:
    | "None"
    | "ConditionalCheckFailed"
    | "DuplicateItem"
    | "ProvisionedThroughputExceeded"
    | "ThrottlingError"
    | "ValidationError";
  readonly Message?: string;
  readonly Item?: Item;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: TableError };

/** Thrown within the part; `answer` makes a value of it. */
export class TableRefusal extends Error {
  override name = "TableRefusal";
  readonly error: TableError;
  /** It is the request that is wrong, whatever a transaction would come to. */
  readonly ofRequest: boolean;

  constructor(error: TableError, ofRequest = false) {
    super(error.message);
    this.error = error;
    this.ofRequest = ofRequest;
  }
}

export function refuse(code: TableErrorCode, message: string, item?: Item): never {
  throw new TableRefusal(item ? { code, message, item } : { code, message });
}

/** Cancels a transaction for these reasons. */
export function cancel(reasons: readonly CancellationReason[]): never {
  const message = messages.canceled(reasons.map(({ Code }) => Code));
  throw new TableRefusal({ code: "TransactionCanceledException", message, reasons });
}

export function refuseInvalid(message: string): never {
  refuse("ValidationException", message);
}

/** The same, and no mere reason to cancel a transaction. */
export function refuseRequest(message: string): never {
  throw new TableRefusal({ code: "ValidationException", message }, true);
}

/** The value of an outcome, or its message as a validation error. */
export function accepted<T>(outcome: Outcome<T>): T {
  return outcome.ok ? outcome.value : refuseInvalid(outcome.message);
}

/** The door's answer: what `compute` returns, or what it refused. */
export async function answer<T>(compute: () => Awaitable<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await compute() };
  } catch (thrown) {
    return refused(thrown);
  }
}

/** The same, at once where `compute` has it at once. What is no refusal is thrown at once, too. */
export function answerAtOnce<T>(compute: () => Awaitable<T>): Awaitable<Result<T>> {
  try {
    const value = compute();
    return value instanceof Promise ? value.then(accept, refused) : { ok: true, value };
  } catch (thrown) {
    return refused(thrown);
  }
}

function accept<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

function refused(thrown: unknown): { readonly ok: false; readonly error: TableError } {
  if (thrown instanceof TableRefusal) return { ok: false, error: thrown.error };
  throw thrown;
}

const envelope = "1 validation error detected: ";
const countedViolations = /^\d+ validation errors? detected: /;

/** The service wraps what it finds wrong with a write request before it looks at the table. */
export function enveloped<T>(compute: () => T): T {
  return reworded(
    (message) => (countedViolations.test(message) ? message : `${envelope}${message}`),
    compute,
  );
}

/** What `compute` returns; a ValidationException of it gets the message that `reword` makes. */
export function reworded<T>(reword: (message: string) => string, compute: () => T): T {
  try {
    return compute();
  } catch (thrown) {
    if (!(thrown instanceof TableRefusal)) throw thrown;
    const { code, message } = thrown.error;
    if (code !== "ValidationException") throw thrown;
    refuseInvalid(reword(message));
  }
}
