/** Houses with a function that notes every event it is called with, for tests of triggers. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import type { Configuration } from "../configuration.ts";
import { quietly } from "../configuration-fixture.ts";
import { type House, startHouse } from "../house.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-triggers-"));
const houses: House[] = [];
const clients: { destroy(): void }[] = [];
let count = 0;

/** Fails for records whose item has an attribute `fail`; reports those with `report`. */
const handler = `
import { appendFileSync } from "node:fs";
export const handler = async (event) => {
  appendFileSync(process.env.SEEN, JSON.stringify(event) + "\\n");
  const having = (name) => event.Records.filter(({ dynamodb }) => dynamodb.NewImage?.[name]);
  if (having("fail").length > 0) throw new Error("cannot");
  return {
    batchItemFailures: having("report").map(({ dynamodb }) => {
      return { itemIdentifier: dynamodb.SequenceNumber };
    }),
  };
};
`;

export interface SeenEvent {
  readonly state?: { readonly count?: number };
  readonly Records: readonly {
    readonly eventID: string;
    readonly eventName: string;
    readonly eventSourceARN: string;
    readonly userIdentity?: object;
    readonly dynamodb: {
      readonly Keys: { readonly pk: { readonly S: string } };
      readonly NewImage?: object;
      readonly SequenceNumber: string;
    };
  }[];
}

export interface TestHouse {
  readonly house: House;
  readonly path: string;
  readonly tables: DynamoDBClient;
  readonly lambda: LambdaClient;
  readonly log: string[];
  /** The events that the function was called with. */
  seen(): SeenEvent[];
  /** The keys of all records it was called with. */
  keys(): string[];
}

export const table = `
  Lines:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: lines
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
      StreamSpecification: { StreamViewType: NEW_AND_OLD_IMAGES }`;

/** With `more` properties of the function, such as its events. */
export function noting(more: string, name = "note"): string {
  return `
  Note:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: ${name}
      Handler: note.handler
      CodeUri: handlers
      Runtime: nodejs22.x
      Environment: { Variables: { SEEN: ${join(folder, "SEEN")} } }
${more}`;
}

/** Tells what is wrong with the template, where something is. */
export async function start(
  resources: string,
  more: Partial<Configuration> & { readonly from?: string; readonly handler?: string } = {},
): Promise<TestHouse> {
  count += 1;
  const home = more.from ?? join(folder, String(count));
  const seenPath = join(home, "seen.jsonl");
  mkdirSync(join(home, "handlers"), { recursive: true });
  writeFileSync(join(home, "handlers/note.mjs"), more.handler ?? handler);
  const path = join(home, "template.yaml");
  const text = resources.replaceAll(join(folder, "SEEN"), seenPath);
  writeFileSync(path, `Transform: AWS::Serverless-2016-10-31\nResources:\n${text}\n`);
  const log: string[] = [];
  const { from: _, handler: __, ...configuration } = more;
  const result = await startHouse({
    ...quietly,
    template: path,
    dataFolder: join(home, "data"),
    writeLog: (line) => void log.push(line),
    ...configuration,
  });
  if (!result.ok) throw new Error(result.problems.join("\n"));
  const { house } = result;
  houses.push(house);
  const options = {
    endpoint: house.addresses.api,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  };
  const [tables, lambda] = [new DynamoDBClient(options), new LambdaClient(options)];
  clients.push(tables, lambda);
  const seen = () => {
    // One that is being written may have come by half.
    const lines = existsSync(seenPath)
      ? readFileSync(seenPath, "utf8").split("\n").slice(0, -1)
      : [];
    return lines.map((line) => JSON.parse(line) as SeenEvent);
  };
  const keys = () => {
    return seen().flatMap(({ Records }) => Records.map(({ dynamodb }) => dynamodb.Keys.pk.S));
  };
  return { house, path: home, tables, lambda, log, seen, keys };
}

/** Ends one before the tests are over. */
export async function stop({ house }: TestHouse): Promise<void> {
  houses.splice(houses.indexOf(house), 1);
  await house.close();
}

export async function cleanUp(): Promise<void> {
  for (const client of clients) client.destroy();
  for (const house of houses.splice(0).reverse()) await house.close();
  rmSync(folder, { recursive: true, force: true });
}

/** Waits until it is so; the test's own bound ends the wait. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}
