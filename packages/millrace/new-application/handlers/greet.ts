/** Keeps what somebody has said. */

import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";

const client = new DynamoDBClient({});

interface Greeting {
  readonly name: string;
  readonly text: string;
}

export async function handler({ name, text }: Greeting): Promise<void> {
  console.log(`${name} says: ${text}`);
  const Item = { name: { S: name }, text: { S: text }, at: { S: new Date().toISOString() } };
  await client.send(new PutItemCommand({ TableName: process.env.TABLE, Item }));
}
