import { afterAll, expect, test } from "bun:test";
import { DescribeTableCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import {
  GetEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
} from "@aws-sdk/client-lambda";
import { cleanUp, noting, start, stop, type TestHouse, table, until } from "./triggers-fixture.ts";

afterAll(cleanUp);

const remoteTables = (endpoint: string) => ({
  endpoint,
  region: "us-east-1",
  credentials: () => ({ accessKeyId: "far", secretAccessKey: "away" }),
});

const event = (position: string) => `
      Events:
        Changed:
          Type: DynamoDB
          Properties: { Stream: !GetAtt Lines.StreamArn, StartingPosition: ${position} }`;

const put = ({ tables }: TestHouse, pk: string) =>
  tables.send(new PutItemCommand({ TableName: "lines", Item: { pk: { S: pk } } }));

test("a table that lives elsewhere calls a function here, over a restart too", async () => {
  const there = await start(noting("", "unused"));
  const far = { remoteTables: remoteTables(there.house.addresses.api) };
  const here = await start(table + noting(event("TRIM_HORIZON")), far);
  await put(here, "from here");
  await put(there, "from there");
  await until(() => here.keys().length >= 2);
  expect(here.keys()).toEqual(["from here", "from there"]);
  const { Table } = await there.tables.send(new DescribeTableCommand({ TableName: "lines" }));
  expect(here.seen()[0]!.Records[0]!.eventSourceARN).toBe(Table!.LatestStreamArn!);
  await stop(here);
  await put(there, "meanwhile");
  const again = await start(table + noting(event("TRIM_HORIZON")), { ...far, from: here.path });
  await until(() => again.keys().length >= 3);
  expect(again.keys().at(-1)).toBe("meanwhile");
});

test("with LATEST, what is written elsewhere while this is down is not lost", async () => {
  const there = await start(table + noting("", "unused"));
  await put(there, "before");
  const far = { remoteTables: remoteTables(there.house.addresses.api) };
  const here = await start(table + noting(event("LATEST")), far);
  await stop(here);
  await put(there, "meanwhile");
  const again = await start(table + noting(event("LATEST")), { ...far, from: here.path });
  await until(() => again.keys().includes("meanwhile"));
});

test("an endpoint that goes away is told, and read again once it is back", async () => {
  const there = await start(table + noting("", "unused"));
  const { api } = there.house.addresses;
  const far = { remoteTables: remoteTables(api) };
  const here = await start(table + noting(event("TRIM_HORIZON")), far);
  await put(there, "a");
  await until(() => here.keys().length === 1);
  await stop(there);
  const { EventSourceMappings } = await here.lambda.send(new ListEventSourceMappingsCommand({}));
  const { UUID } = EventSourceMappings![0]!;
  const result = async () => {
    const found = await here.lambda.send(new GetEventSourceMappingCommand({ UUID }));
    return found.LastProcessingResult;
  };
  await until(async () => (await result()) === "PROBLEM: Stream could not be read");
  expect(here.log.join("\n")).toMatch(
    /the stream of a trigger cannot be read .*cannot reach the tables at .*tried again in/,
  );
  const back = await start(table + noting("", "unused"), {
    from: there.path,
    apiPort: Number(new URL(api).port),
  });
  await until(async () => (await result()) === "OK");
  expect(here.log.join("\n")).toContain("the stream of a trigger is read again");
  await put(back, "b");
  await until(() => here.keys().length === 2);
  expect(here.keys()).toEqual(["a", "b"]);
});
