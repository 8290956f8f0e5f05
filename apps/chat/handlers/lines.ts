/**
 * The lines of a room as the table keeps them: newest first, a page at a time. A page stays below
 * the 128 kB that a message may have, and holds no line that has expired and is not deleted yet.
 */

import { DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import type { Request } from "./request.ts";

export interface Line {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly author: string;
  /** Milliseconds since 1970, from the rule. */
  readonly at: number;
}

export interface Page {
  /** Newest first. */
  readonly items: readonly Line[];
  /** The cursor for the next older page; absent when there is none. */
  readonly before?: string;
  readonly done: boolean;
}

const pageBytesMax = 90_000;
const tables = new DynamoDBClient({});

type Item = Record<string, { readonly S?: string; readonly N?: string }>;

/** The page that was asked for. `now` is in milliseconds. */
export async function readPage(asked: Request, now: number): Promise<Page> {
  const { room, before, limit } = asked;
  const result = await tables.send(
    new QueryCommand({
      TableName: process.env.TABLE,
      ConsistentRead: true,
      ScanIndexForward: false,
      Limit: limit,
      KeyConditionExpression: before ? "room = :room AND sk < :before" : "room = :room",
      FilterExpression: "#ttl > :now",
      ExpressionAttributeNames: { "#ttl": "ttl" },
      ExpressionAttributeValues: {
        ":room": { S: room },
        ":now": { N: String(Math.floor(now / 1000)) },
        ...(before && { ":before": { S: before } }),
      },
    }),
  );
  // What has expired is the oldest: once the filter took something away, nothing is left behind it.
  const expired = (result.Count ?? 0) < (result.ScannedCount ?? 0);
  const atEnd = expired || result.LastEvaluatedKey === undefined;
  return cutPage((result.Items as Item[] | undefined)?.map(lineOf) ?? [], atEnd);
}

/** As many of the newest lines as fit into a page; `atEnd` says that nothing older follows them. */
export function cutPage(lines: readonly Line[], atEnd: boolean): Page {
  let bytes = 0;
  const cut = lines.findIndex((line) => {
    bytes += Buffer.byteLength(JSON.stringify(line)) + 1;
    return bytes > pageBytesMax;
  });
  const items = cut === -1 ? lines : lines.slice(0, cut);
  const oldest = items.at(-1);
  const done = (atEnd && cut === -1) || oldest === undefined;
  return done ? { items, done } : { items, before: `${oldest.at}-${oldest.id}`, done };
}

function lineOf(item: Item): Line {
  const text = (name: string) => item[name]?.S ?? "";
  return {
    id: text("id"),
    name: text("name"),
    text: text("text"),
    author: text("author"),
    at: Number(item.at?.N),
  };
}
