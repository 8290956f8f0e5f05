/**
 * The table that is measured and what is asked of it: partitions of fifty items, each of some 200
 * bytes as the service counts them.
 */

export const tableName = "bench";
export const partitionItemCount = 50;

export type ItemOperation = "PutItem" | "GetItem" | "Query";

export const createTableInput = {
  TableName: tableName,
  AttributeDefinitions: [
    { AttributeName: "room", AttributeType: "S" },
    { AttributeName: "sentAt", AttributeType: "N" },
  ],
  KeySchema: [
    { AttributeName: "room", KeyType: "HASH" },
    { AttributeName: "sentAt", KeyType: "RANGE" },
  ],
  BillingMode: "PAY_PER_REQUEST",
} as const;

const firstMs = 1_700_000_000_000;
const text = "a line as people write them in a chat, some eighty characters of it, and no more";

function keyOf(number: number) {
  const room = Math.floor(number / partitionItemCount);
  return { room: { S: `room-${room}` }, sentAt: { N: String(firstMs + number) } };
}

/** An item as it is filled in, or as a later `edition` of it, which differs in one attribute. */
export function itemOf(number: number, edition = 0) {
  return {
    ...keyOf(number),
    id: { S: `${number.toString(16).padStart(12, "0")}-0000-4000-8000` },
    from: { S: `user-${number % 997}` },
    text: { S: text },
    edits: { N: String((number + edition) % 7) },
    flags: { M: { pinned: { BOOL: number % 50 === 0 }, seen: { BOOL: true } } },
  };
}

/** The request about the item of that number, or about the partition that it lies in. */
export function inputOf(operation: ItemOperation, number: number, edition = 0) {
  if (operation === "PutItem") return { TableName: tableName, Item: itemOf(number, edition) };
  if (operation === "GetItem") return { TableName: tableName, Key: keyOf(number) };
  return {
    TableName: tableName,
    KeyConditionExpression: "#r = :r",
    ExpressionAttributeNames: { "#r": "room" },
    ExpressionAttributeValues: { ":r": keyOf(number).room },
  };
}

/** What is wrong with an answer's body; `undefined`: nothing. */
export function complaintOf(
  operation: ItemOperation,
  body: { readonly Item?: object; readonly Items?: readonly object[] },
): string | undefined {
  if (operation === "GetItem" && !body.Item) return "an item is missing";
  const found = body.Items?.length ?? 0;
  if (operation === "Query" && found !== partitionItemCount) return `a Query found ${found} items`;
  return undefined;
}

/** The writes that fill the table, in requests of 25. */
export function* fillInputs(itemCount: number) {
  for (let first = 0; first < itemCount; first += 25) {
    const count = Math.min(25, itemCount - first);
    const puts = Array.from({ length: count }, (_, at) => ({
      PutRequest: { Item: itemOf(first + at) },
    }));
    yield { RequestItems: { [tableName]: puts } };
  }
}
