/**
 * What is refused, with its code and the service's words; the one table of this part.
 *
 * Inside the part a refusal is thrown, also from within an update of the store, which then changes
 * nothing; `answer` at the door turns it into a value.
 */

import type { Item, Outcome } from "../expressions/mod.ts";

export type TableErrorCode =
  | "ConditionalCheckFailedException"
  | "ResourceNotFoundException"
  | "SerializationException"
  | "ValidationException";

export interface TableError {
  readonly code: TableErrorCode;
  readonly message: string;
  /** The item that stood there, when a failed condition was asked to return it. */
  readonly item?: Item;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: TableError };

class TableRefusal extends Error {
  override name = "TableRefusal";
  readonly error: TableError;

  constructor(error: TableError) {
    super(error.message);
    this.error = error;
  }
}

export function refuse(code: TableErrorCode, message: string, item?: Item): never {
  throw new TableRefusal(item ? { code, message, item } : { code, message });
}

export function refuseInvalid(message: string): never {
  refuse("ValidationException", message);
}

/** The value of an outcome, or its message as a validation error. */
export function accepted<T>(outcome: Outcome<T>): T {
  return outcome.ok ? outcome.value : refuseInvalid(outcome.message);
}

/** The door's answer: what `compute` returns, or what it refused. */
export async function answer<T>(compute: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await compute() };
  } catch (thrown) {
    if (thrown instanceof TableRefusal) return { ok: false, error: thrown.error };
    throw thrown;
  }
}

const envelope = "1 validation error detected: ";
const countedViolations = /^\d+ validation errors? detected: /;

/** The service wraps what it finds wrong with a write request before it looks at the table. */
export function enveloped<T>(compute: () => T): T {
  try {
    return compute();
  } catch (thrown) {
    if (!(thrown instanceof TableRefusal)) throw thrown;
    const { code, message } = thrown.error;
    if (code !== "ValidationException" || countedViolations.test(message)) throw thrown;
    refuseInvalid(`${envelope}${message}`);
  }
}

const invalid = "One or more parameter values were invalid: ";

export const messages = {
  // The request
  notImplemented: (member: string, operation: string) =>
    `"${member}" of ${operation} is not implemented`,
  violations: (violations: readonly string[]) =>
    `${violations.length} validation error${violations.length > 1 ? "s" : ""} detected: ` +
    violations.join("; "),
  namesWithoutExpression: "ExpressionAttributeNames can only be specified when using expressions",
  valuesWithoutExpression: "ExpressionAttributeValues can only be specified when using expressions",
  emptyPlaceholders: (member: string) => `${member} must not be empty`,
  placeholderSyntax: (member: string, key: string) =>
    `${member} contains invalid key: Syntax error; key: "${key}"`,
  returnOldOnly: "ReturnValues can only be ALL_OLD or NONE",
  keyConditionMissing:
    "Either the KeyConditions or KeyConditionExpression parameter must be specified " +
    "in the request.",
  projectionMissing:
    "Must specify the AttributesToGet or ProjectionExpression when choosing to get " +
    "SPECIFIC_ATTRIBUTES",
  projectionBeside: (select: string) =>
    "Cannot specify the ProjectionExpression when choosing to get " +
    (select === "COUNT" ? "only the Count" : select),
  indexMissing: "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",

  // Values
  noType: "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
  manyTypes:
    "Supplied AttributeValue has more than one datatypes set, " +
    "must contain exactly one of the supported datatypes",
  nullFalse: `${invalid}Null attribute value types must have the value of true`,
  emptyStringSet: `${invalid}An string set  may not be empty`,
  emptyNumberSet: `${invalid}An number set  may not be empty`,
  emptyBinarySet: `${invalid}Binary sets should not be empty`,
  duplicateStrings: (members: readonly string[]) =>
    `${invalid}Input collection [${members.map((member) => `"${member}"`).join(", ")}] ` +
    "contains duplicates.",
  duplicateBinaries: (members: readonly string[]) =>
    `${invalid}Input collection [${members.map((member) => `"${member}"`).join(",")}]` +
    "of type BS contains duplicates.",
  duplicateNumbers: `${invalid}Input collection contains duplicates.`,
  nesting:
    "Nesting Levels have exceeded supported limits: " +
    "Attributes in the item have nested levels beyond supported limit",
  itemSize: "Item size has exceeded the maximum allowed size",
  updatedItemSize: "Item size to update has exceeded the maximum allowed size",
  blobLength: (text: string) =>
    `'${text}' can not be converted to a Blob: ` +
    `Base64 encoded length is expected a multiple of 4 bytes but found: ${text.length}`,
  blobCharacter: (text: string, character: string) =>
    `'${text}' can not be converted to a Blob: Invalid Base64 character: '${character}'`,
  blobEnd: (text: string) =>
    `'${text}' can not be converted to a Blob: Invalid last non-pad Base64 character dectected`,

  // Tables and keys
  tableNotFound: "Requested resource not found",
  tableNotFoundByName: (name: string) => `Requested resource not found: Table: ${name} not found`,
  keySchemaChanged: (name: string) =>
    `Cannot define table "${name}" with another key: the items stored under it would be lost`,
  keyMismatch: "The provided key element does not match the schema",
  keyAttributeMissing: (name: string) => `${invalid}Missing the key ${name} in the item`,
  keyAttributeType: (name: string, expected: string, actual: string) =>
    `${invalid}Type mismatch for key ${name} expected: ${expected} actual: ${actual}`,
  keyEmpty: (name: string, kind: "string" | "binary") =>
    "One or more parameter values are not valid. The AttributeValue for a key attribute " +
    `cannot contain an empty ${kind} value. Key: ${name}`,
  partitionKeySize: `${invalid}Size of hashkey has exceeded the maximum size limit of2048 bytes`,
  sortKeySize:
    "One or more parameter values were invalid: " +
    "Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
  keyUpdate: (name: string) =>
    `${invalid}Cannot update attribute ${name}. This attribute is part of the key`,
  filterOnKey: (name: string) =>
    "Filter Expression can only contain non-primary key attributes: " +
    `Primary key attribute: ${name}`,
  startKeyInvalid:
    "The provided starting key is invalid: " + "The provided key element does not match the schema",
  startKeyOutside:
    "The provided starting key is outside query boundaries based on provided conditions",
  startKeySort: "The provided starting key does not match the range key predicate",
  conditionFailed: "The conditional request failed",
} as const;
