/**
 * Event buses as the official SDK sees them: from an event to functions, logs and other buses; and
 * over kill -9, what was accepted reaches its targets.
 */

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateEventBusCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  type PutEventsRequestEntry,
  PutRuleCommand,
  PutTargetsCommand,
  type Target,
} from "@aws-sdk/client-eventbridge";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { type Server, startServer, wholeLinesOf } from "../harness.ts";

setDefaultTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), "millrace-events-"));
const options = {
  template: "conformance/fixtures/shop/template.yaml",
  dataFolder: join(folder, "data"),
  flags: ["--parameter", `Folder=${folder}`],
};
const here = "us-east-1:000000000000";
const functionArn = (name: string) => `arn:aws:lambda:${here}:function:${name}`;
let server: Server;

beforeAll(async () => {
  server = await startServer(options);
});

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});

function clientOptions() {
  return {
    endpoint: server.api,
    region: "us-east-1",
    credentials: { accessKeyId: "any", secretAccessKey: "any" },
    maxAttempts: 1,
  };
}

async function withEvents<T>(use: (client: EventBridgeClient) => Promise<T>): Promise<T> {
  const client = new EventBridgeClient(clientOptions());
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}

/** A rule that wants this kind of event, with targets. */
async function lead(Name: string, kind: string, Targets: Target[], EventBusName = "default") {
  await withEvents(async (client) => {
    const EventPattern = JSON.stringify({ source: ["shop"], "detail-type": [kind] });
    await client.send(new PutRuleCommand({ Name, EventPattern, EventBusName }));
    await client.send(new PutTargetsCommand({ Rule: Name, Targets, EventBusName }));
  });
}

async function put(DetailType: string, detail: object, more: Partial<PutEventsRequestEntry> = {}) {
  const Entries = [{ Source: "shop", DetailType, Detail: JSON.stringify(detail), ...more }];
  const answer = await withEvents((client) => client.send(new PutEventsCommand({ Entries })));
  expect(answer.FailedEntryCount).toBe(0);
  return answer.Entries![0]!.EventId!;
}

interface Noted {
  readonly id: string;
  readonly detail: { readonly order: string };
}

function noted(name = "notes"): Noted[] {
  return wholeLinesOf(join(folder, name)).map((line) => JSON.parse(line));
}

function isGood(event: object): boolean {
  return JSON.stringify(event).includes('"good"');
}

async function find<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await Bun.sleep(20);
  }
}

test("an event reaches a function, in its documented form", async () => {
  await lead("sales", "sale", [{ Id: "1", Arn: functionArn("notes") }]);
  const id = await put("sale", { order: "first" }, { Time: new Date("2026-02-03T04:05:06.7Z") });
  expect(await find(() => noted().find((event) => event.id === id))).toEqual({
    version: "0",
    id,
    "detail-type": "sale",
    source: "shop",
    account: "000000000000",
    time: "2026-02-03T04:05:06Z",
    region: "us-east-1",
    resources: [],
    detail: { order: "first" },
  } as object as Noted);
});

test("a function that does not let the rule call it is not called, and that is told", async () => {
  await lead("closed", "secret", [{ Id: "1", Arn: functionArn("closed") }]);
  await put("secret", { order: "x" });
  const line = await find(() =>
    server
      .log()
      .split("\n")
      .find((one) => one.includes("delivery of an event given up")),
  );
  expect(line).toContain("no resource-based policy allows the lambda:InvokeFunction action");
  expect(noted("closed")).toEqual([]);
  const trace = await (await fetch(`${server.api}/_millrace/trace`)).text();
  expect(trace).toMatch(/refused.*lambda:InvokeFunction.*function:closed/);
});

test("an event goes over another bus into a log", async () => {
  await withEvents((client) => client.send(new CreateEventBusCommand({ Name: "orders" })));
  const bus = `arn:aws:events:${here}:event-bus/orders`;
  await lead("on", "order", [{ Id: "1", Arn: bus }]);
  const Arn = `arn:aws:logs:${here}:log-group:/aws/events/shop`;
  await lead("kept", "order", [{ Id: "1", Arn, InputPath: "$.detail" }], "orders");
  await put("order", { order: "second" });
  const client = new CloudWatchLogsClient(clientOptions());
  const message = await find(async () => {
    const command = new FilterLogEventsCommand({ logGroupName: "/aws/events/shop" });
    return (await client.send(command)).events?.[0]?.message;
  });
  client.destroy();
  expect(message).toBe('{"order":"second"}');
});

test("rules of the template, and of its functions, work as those that are made by hand", async () => {
  const EventBusName = "returned";
  await put("return", { order: "cheap", price: 5 }, { EventBusName });
  await put("return", { order: "dear", price: 7.5 }, { EventBusName });
  await find(() => (noted("returns").length > 0 ? true : undefined));
  expect(noted("returns") as object[]).toEqual([
    { detail: { order: "dear" }, said: "dear for 7.5" },
  ]);
  await withEvents(async (client) => {
    const rule = await client.send(new DescribeRuleCommand({ Name: "nightly" }));
    expect(rule).toMatchObject({ ScheduleExpression: "cron(0 3 * * ? *)", State: "ENABLED" });
  });
});

test("what became of an asynchronous call goes to the bus that is its destination", async () => {
  const client = new LambdaClient(clientOptions());
  for (const event of [{ order: "good" }, { order: "bad", fail: true }]) {
    const Payload = JSON.stringify(event);
    const InvocationType = "Event";
    await client.send(new InvokeCommand({ FunctionName: "work", InvocationType, Payload }));
  }
  client.destroy();
  await find(() => (noted("results").length === 2 ? true : undefined));
  const bus = `arn:aws:events:${here}:event-bus/returned`;
  const common = { source: "lambda", resources: [bus, `${functionArn("work")}:$LATEST`] };
  const byOrder = noted("results").sort((one, two) => (isGood(one) && !isGood(two) ? -1 : 1));
  expect(byOrder as object[]).toMatchObject([
    {
      ...common,
      "detail-type": "Lambda Function Invocation Result - Success",
      detail: {
        requestContext: { condition: "Success" },
        requestPayload: { order: "good" },
        responsePayload: { did: "good" },
      },
    },
    {
      ...common,
      "detail-type": "Lambda Function Invocation Result - Failure",
      detail: {
        requestContext: { condition: "RetriesExhausted" },
        requestPayload: { order: "bad" },
        responsePayload: { errorMessage: "as asked" },
      },
    },
  ]);
});

test("what was accepted before kill -9 reaches its target after it, and rules are there", async () => {
  await lead("slow", "slow", [{ Id: "1", Arn: functionArn("notes") }]);
  const orders = Array.from({ length: 60 }, (_, at) => `kill-${at}`);
  await Promise.all(orders.map((order) => put("slow", { order })));
  await server.kill();
  server = await startServer({ ...options, at: server });
  const missing = () => {
    const seen = new Set(noted().map(({ detail }) => detail.order));
    return orders.filter((order) => !seen.has(order));
  };
  await find(() => (missing().length === 0 ? true : undefined));
  await withEvents(async (client) => {
    const rule = await client.send(new DescribeRuleCommand({ Name: "slow" }));
    expect(rule.State).toBe("ENABLED");
    const targets = await client.send(new ListTargetsByRuleCommand({ Rule: "slow" }));
    expect(targets.Targets).toEqual([{ Id: "1", Arn: functionArn("notes") }]);
  });
});
