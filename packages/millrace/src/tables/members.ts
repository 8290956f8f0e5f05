/**
 * Which members each operation knows, of what type and within what bounds.
 *
 * Reading a request goes: JSON types, then members that are not implemented, then every violated
 * constraint in one message, as the service joins them.
 */

import { messages, refuseInvalid } from "./errors.ts";
import { expectBoolean, expectInteger, expectObject, expectString } from "./values.ts";

/** A list of strings is an enumeration. */
type MemberType = "string" | "boolean" | "count" | "names" | "map" | readonly string[];

interface Shape {
  readonly operation: string;
  readonly members: Readonly<Record<string, MemberType>>;
  readonly required: readonly string[];
}

const tableName = { TableName: "string" } as const;
const capacity = { ReturnConsumedCapacity: ["INDEXES", "TOTAL", "NONE"] } as const;
const placeholders = {
  ExpressionAttributeNames: "names",
  ExpressionAttributeValues: "map",
} as const;

const conditionalWrite = {
  ...capacity,
  ...tableName,
  ReturnValues: ["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"],
  ReturnItemCollectionMetrics: ["SIZE", "NONE"],
  ReturnValuesOnConditionCheckFailure: ["ALL_OLD", "NONE"],
  ConditionExpression: "string",
  ...placeholders,
} as const;

const page = {
  ...capacity,
  ...tableName,
  ConsistentRead: "boolean",
  ExclusiveStartKey: "map",
  FilterExpression: "string",
  Limit: "count",
  ProjectionExpression: "string",
  Select: ["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"],
  ...placeholders,
} as const;

export const shapes = {
  putItem: {
    operation: "PutItem",
    members: { ...conditionalWrite, Item: "map" },
    required: ["TableName", "Item"],
  },
  deleteItem: {
    operation: "DeleteItem",
    members: { ...conditionalWrite, Key: "map" },
    required: ["TableName", "Key"],
  },
  updateItem: {
    operation: "UpdateItem",
    members: { ...conditionalWrite, Key: "map", UpdateExpression: "string" },
    required: ["TableName", "Key"],
  },
  getItem: {
    operation: "GetItem",
    members: {
      ...capacity,
      ...tableName,
      ConsistentRead: "boolean",
      Key: "map",
      ProjectionExpression: "string",
      ExpressionAttributeNames: "names",
    },
    required: ["TableName", "Key"],
  },
  query: {
    operation: "Query",
    members: { ...page, KeyConditionExpression: "string", ScanIndexForward: "boolean" },
    required: ["TableName"],
  },
  scan: { operation: "Scan", members: page, required: ["TableName"] },
  describeTable: { operation: "DescribeTable", members: tableName, required: ["TableName"] },
  listTables: {
    operation: "ListTables",
    members: { ExclusiveStartTableName: "string", Limit: "count" },
    required: [],
  },
} as const satisfies Record<string, Shape>;

/**
 * The members that are there, of the right types and bounds; `null` counts as absent. Attribute
 * values are not looked at yet: maps come back as sent.
 */
export function readMembers<T>(shape: Shape, input: unknown): T {
  const given = Object.entries(expectObject(input)).filter(([, value]) => value != null);
  const members: Record<string, unknown> = {};
  for (const [name, value] of given) {
    const type = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined;
    if (!type) refuseInvalid(messages.notImplemented(name, shape.operation));
    members[name] = readMember(type, value);
  }
  const violations = Object.entries(shape.members).flatMap(([name, type]) =>
    violationsOf(name, type, members[name], shape.required.includes(name)),
  );
  if (violations.length > 0) refuseInvalid(messages.violations(violations));
  return members as T;
}

function readMember(type: MemberType, value: unknown): unknown {
  switch (type) {
    case "boolean":
      return expectBoolean(value);
    case "count":
      return expectInteger(value);
    case "map":
      return expectObject(value);
    case "names":
      for (const name of Object.values(expectObject(value))) expectString(name);
      return value;
    default:
      return expectString(value);
  }
}

const tableNamePattern = "[a-zA-Z0-9_.-]+";
const tableNameExpression = new RegExp(`^${tableNamePattern}$`);

function violationsOf(name: string, type: MemberType, value: unknown, required: boolean): string[] {
  const at = `at '${name[0]!.toLowerCase()}${name.slice(1)}' failed to satisfy constraint: Member`;
  if (value === undefined) return required ? [`Value null ${at} must not be null`] : [];
  if (Array.isArray(type) && !type.includes(value)) {
    return [`Value '${value}' ${at} must satisfy enum value set: [${type.join(", ")}]`];
  }
  if (type === "count" && (value as number) < 1) {
    return [`Value '${value}' ${at} must have value greater than or equal to 1`];
  }
  if (name !== "TableName") return [];
  const text = value as string;
  const rules: [boolean, string][] = [
    [text.length >= 1, "must have length greater than or equal to 1"],
    [text.length <= 255, "must have length less than or equal to 255"],
    [
      text === "" || tableNameExpression.test(text),
      `must satisfy regular expression pattern: ${tableNamePattern}`,
    ],
  ];
  return rules.filter(([met]) => !met).map(([, rule]) => `Value '${text}' ${at} ${rule}`);
}
