/** The page: who has said what. */

import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";

const client = new DynamoDBClient({});

export async function handler() {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: process.env.TABLE }));
  const lines = Items.map(({ name, text }) => `<li>${quote(name?.S)}: ${quote(text?.S)}</li>`);
  return {
    statusCode: 200,
    headers: { "content-type": "text/html; charset=utf-8" },
    body: `<!doctype html><title>Hello</title><h1>Hello</h1><ul>${lines.join("")}</ul>\n`,
  };
}

/** What others have said must not become part of the page's markup. */
function quote(text = ""): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
