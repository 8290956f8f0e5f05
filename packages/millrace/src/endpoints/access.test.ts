import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  BatchGetItemCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, ListRulesCommand } from "@aws-sdk/client-eventbridge";
import { CreateTopicRuleCommand, GetTopicRuleCommand, IoTClient } from "@aws-sdk/client-iot";
import {
  DeleteThingShadowCommand,
  GetThingShadowCommand,
  IoTDataPlaneClient,
  ListNamedShadowsForThingCommand,
  PublishCommand,
  UpdateThingShadowCommand,
} from "@aws-sdk/client-iot-data-plane";
import { GetFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { ManualClock } from "../base/mod.ts";
import { openDoor } from "./door-fixture.ts";

type Door = Awaited<ReturnType<typeof openDoor>>;
let door: Door;

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

beforeAll(async () => {
  // SDKs sign with the machine's time.
  door = await openDoor({}, undefined, new ManualClock(Date.now()));
});
beforeEach(() => {
  door.state.trustsAnonymous = true;
});
afterAll(() => door.close());

function options(credentials: Keys) {
  return { endpoint: door.url, region: "eu-central-1", credentials, maxAttempts: 1 };
}

const strangers: Keys = { accessKeyId: "test", secretAccessKey: "test" };

/** Of the role whose policies allow little (`identity-fixture.ts`). */
function clerk(): Keys {
  const grant = { roleName: "Clerk", sessionName: "desk-1", keys: {} };
  return door.identities.sessions.issue(grant, 900);
}

interface Told {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
}

async function errorOf(asked: Promise<unknown>): Promise<Told> {
  try {
    await asked;
  } catch (thrown) {
    const { name, message, $metadata } = thrown as Error & { $metadata: Record<string, number> };
    return { name, message, status: $metadata?.httpStatusCode };
  }
  return { name: "answered", message: "", status: 200 };
}

/** Asks each service something that anybody with leave may hear. */
const questions: readonly (readonly [string, (keys: Keys) => Promise<unknown>, number])[] = [
  ["dynamodb", (keys) => new DynamoDBClient(options(keys)).send(new ListTablesCommand({})), 400],
  [
    "iot",
    (keys) => new IoTClient(options(keys)).send(new GetTopicRuleCommand({ ruleName: "none" })),
    403,
  ],
  [
    "logs",
    (keys) => new CloudWatchLogsClient(options(keys)).send(new DescribeLogGroupsCommand({})),
    400,
  ],
  ["events", (keys) => new EventBridgeClient(options(keys)).send(new ListRulesCommand({})), 400],
  [
    "iotdata",
    (keys) => new IoTDataPlaneClient(options(keys)).send(new PublishCommand({ topic: "a" })),
    403,
  ],
  [
    "lambda",
    (keys) => new LambdaClient(options(keys)).send(new GetFunctionCommand({ FunctionName: "f" })),
    403,
  ],
];

describe.each(questions)("at %s", (_, ask, status) => {
  test("whoever signs with a key from elsewhere is the owner, where that is so", async () => {
    const told = await errorOf(ask(strangers));
    // What is asked for is not there, but nobody asks who wants to know.
    expect(["answered", "UnauthorizedException", "ResourceNotFoundException"]).toContain(told.name);
    door.state.trustsAnonymous = false;
    expect(await errorOf(ask(strangers))).toEqual({
      name: "UnrecognizedClientException",
      message: "The security token included in the request is invalid.",
      status,
    });
  });

  test("whoever names a key from here must prove it, wherever", async () => {
    for (const trusts of [true, false]) {
      door.state.trustsAnonymous = trusts;
      const wrong = { ...door.rootKey, secretAccessKey: "wrong" };
      const told = await errorOf(ask(wrong));
      expect(told).toMatchObject({ name: "InvalidSignatureException", status });
      expect(told.message).toStartWith("The request signature we calculated does not match");
      expect((await errorOf(ask(door.rootKey))).name).not.toEndWith("SignatureException");
    }
  });

  test("a key that was taken back is nobody's", async () => {
    const key = door.identities.accessKeys.make({});
    expect((await errorOf(ask(key))).status).not.toBe(status === 400 ? 400 : 403);
    door.identities.accessKeys.revoke(key.accessKeyId);
    expect(await errorOf(ask(key))).toMatchObject({ name: "UnrecognizedClientException", status });
  });

  test("a session that is over is told so", async () => {
    const session = clerk();
    door.clock.advance(901_000);
    const told = await errorOf(ask(session));
    door.clock.advance(-901_000);
    expect(told).toMatchObject({ name: "ExpiredTokenException", status });
    expect(told.message).toBe("The security token included in the request is expired");
  });
});

const table = "arn:aws:dynamodb:eu-central-1:111122223333:table";

function because(action: string, resource: string): string {
  const user = "arn:aws:sts::111122223333:assumed-role/Clerk/desk-1";
  const start = `User: ${user} is not authorized to perform: ${action} on resource: ${resource}`;
  return `${start} because no identity-based policy allows the ${action} action`;
}

describe("a role reads and writes tables as its policies say", () => {
  let client: DynamoDBClient;
  const line = (room: string, at: number) => ({ room: { S: room }, at: { N: String(at) } });
  beforeAll(() => {
    client = new DynamoDBClient(options(clerk()));
  });

  test("what is allowed is done", async () => {
    await client.send(new PutItemCommand({ TableName: "lines", Item: line("desk-1", 1) }));
    const key = { TableName: "lines", Key: line("desk-1", 1) };
    expect((await client.send(new GetItemCommand(key))).Item).toEqual(line("desk-1", 1));
  });

  test("what is not is refused in AWS's words, and remembered", async () => {
    const asked = client.send(new GetItemCommand({ TableName: "plain", Key: { pk: { S: "a" } } }));
    const message = because("dynamodb:GetItem", `${table}/plain`);
    expect(await errorOf(asked)).toEqual({ name: "AccessDeniedException", message, status: 400 });
    const [newest] = door.denials.list().denials;
    expect(newest).toMatchObject({ via: "api", action: "dynamodb:GetItem", count: 1 });
    expect(newest!.remedy!.statement).toEqual({
      Effect: "Allow",
      Action: "dynamodb:GetItem",
      Resource: `${table}/plain`,
    });
  });

  test("a table's ARN, and what only looks like one, mean the table that is reached", async () => {
    for (const TableName of [`${table}/plain`, "arn:aws:x/lines/plain"]) {
      const told = await errorOf(
        client.send(new GetItemCommand({ TableName, Key: { pk: { S: "a" } } })),
      );
      expect(told.message).toContain(`on resource: ${table}/plain because`);
    }
  });

  test("each table of a batch is asked about", async () => {
    const Keys = [line("desk-1", 1)];
    const both = { lines: { Keys }, plain: { Keys: [{ pk: { S: "a" } }] } };
    const told = await errorOf(client.send(new BatchGetItemCommand({ RequestItems: both })));
    expect(told.message).toBe(because("dynamodb:BatchGetItem", `${table}/plain`));
    const one = await client.send(new BatchGetItemCommand({ RequestItems: { lines: { Keys } } }));
    expect(one.Responses!.lines).toHaveLength(1);
  });

  test("each action of a transaction is asked about", async () => {
    const put = { Put: { TableName: "lines", Item: line("desk-1", 2) } };
    await client.send(new TransactWriteItemsCommand({ TransactItems: [put] }));
    const remove = { Delete: { TableName: "lines", Key: line("desk-1", 1) } };
    const told = await errorOf(
      client.send(new TransactWriteItemsCommand({ TransactItems: [put, remove] })),
    );
    expect(told.message).toBe(because("dynamodb:DeleteItem", `${table}/lines`));
  });

  test("leading keys are those of the items, of the key condition, of the statement", async () => {
    const TableName = "lines";
    const denied = async (asked: Promise<unknown>) => (await errorOf(asked)).name;
    const get = (room: string) => new GetItemCommand({ TableName, Key: line(room, 1) });
    expect(await denied(client.send(get("desk-2")))).toBe("AccessDeniedException");
    const query = (room: string) =>
      client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: ":r = #r AND #a > :a",
          ExpressionAttributeNames: { "#r": "room", "#a": "at" },
          ExpressionAttributeValues: { ":r": { S: room }, ":a": { N: "0" } },
        }),
      );
    expect((await query("desk-1")).Count).toBe(2);
    expect(await denied(query("desk-2"))).toBe("AccessDeniedException");
    const select = (where: string, ...rooms: string[]) =>
      client.send(
        new ExecuteStatementCommand({
          Statement: `SELECT * FROM lines WHERE ${where}`,
          Parameters: rooms.map((S) => ({ S })),
        }),
      );
    expect((await select("room = ?", "desk-1")).Items).toHaveLength(2);
    expect(await denied(select("room = ?", "desk-2"))).toBe("AccessDeniedException");
    expect(await denied(select("room IN [?, ?]", "desk-1", "desk-2"))).toBe(
      "AccessDeniedException",
    );
    expect(await denied(select("room = ? OR room = ?", "desk-1", "desk-2"))).toBe(
      "AccessDeniedException",
    );
  });

  test("a Deny is told as such", async () => {
    const asked = client.send(
      new QueryCommand({
        TableName: "lines",
        IndexName: "secret",
        KeyConditionExpression: "room = :r",
        ExpressionAttributeValues: { ":r": { S: "desk-1" } },
      }),
    );
    expect((await errorOf(asked)).message).toEndWith(
      `on resource: ${table}/lines/index/secret with an explicit deny in an identity-based policy`,
    );
  });
});

describe("a role and the other services", () => {
  test("publishes where it may, and nowhere else", async () => {
    const client = new IoTDataPlaneClient(options(clerk()));
    const count = door.published.length;
    await client.send(new PublishCommand({ topic: "desk/1", payload: new Uint8Array(1) }));
    expect(door.published.length).toBe(count + 1);
    for (const more of [{ topic: "desk/2" }, { topic: "desk/1", retain: true }]) {
      expect(await errorOf(client.send(new PublishCommand(more)))).toEqual({
        name: "ForbiddenException",
        message: "Forbidden",
        status: 403,
      });
    }
    expect(door.published.length).toBe(count + 1);
  });

  test("asks for the shadows that it may, and is told no more than that it may not", async () => {
    const client = new IoTDataPlaneClient(options(clerk()));
    const forbidden = { name: "ForbiddenException", message: "Forbidden", status: 403 };
    const named = { thingName: "lamp", shadowName: "config" };
    for (const asked of [{ thingName: "lamp" }, named]) {
      const { name } = await errorOf(client.send(new GetThingShadowCommand(asked)));
      expect(name).toBe("ResourceNotFoundException");
    }
    const payload = '{"state":{}}';
    const refused = [
      client.send(new GetThingShadowCommand({ thingName: "door" })),
      client.send(new UpdateThingShadowCommand({ thingName: "lamp", payload })),
      client.send(new DeleteThingShadowCommand(named)),
      client.send(new ListNamedShadowsForThingCommand({ thingName: "lamp" })),
    ];
    for (const told of refused) expect(await errorOf(told)).toEqual(forbidden);
  });

  test("a rule that takes a role needs leave to pass it on", async () => {
    const client = new IoTClient(options(clerk()));
    const make = (ruleName: string, roleArn: string) =>
      client.send(
        new CreateTopicRuleCommand({
          ruleName,
          topicRulePayload: {
            sql: "SELECT * FROM 'a'",
            actions: [{ republish: { topic: "b", roleArn } }],
          },
        }),
      );
    const own = "arn:aws:iam::111122223333:role/Clerk";
    expect((await errorOf(make("clerks", own))).name).toBe("answered");
    const other = "arn:aws:iam::111122223333:role/Operator";
    expect(await errorOf(make("clerks_too", other))).toEqual({
      name: "AccessDeniedException",
      message: because("iam:PassRole", other),
      status: 403,
    });
    const rule = "arn:aws:iot:eu-central-1:111122223333:rule";
    expect((await errorOf(make("others", own))).message).toBe(
      because("iot:CreateTopicRule", `${rule}/others`),
    );
  });

  test("invokes the functions that it may", async () => {
    const client = new LambdaClient(options(clerk()));
    const invoke = (FunctionName: string, Qualifier?: string) =>
      errorOf(client.send(new InvokeCommand({ FunctionName, Qualifier })));
    expect((await invoke("greet")).name).toBe("ResourceNotFoundException");
    const name = "arn:aws:lambda:eu-central-1:111122223333:function:greet:beta";
    for (const told of [await invoke("greet", "beta"), await invoke("greet:beta")]) {
      expect(told).toEqual({
        name: "AccessDeniedException",
        message: because("lambda:InvokeFunction", name),
        status: 403,
      });
    }
  });

  test("everybody may ask who they are", async () => {
    const told = await new STSClient(options(clerk())).send(new GetCallerIdentityCommand({}));
    expect(told.Arn).toBe("arn:aws:sts::111122223333:assumed-role/Clerk/desk-1");
    const stranger = new STSClient(options(strangers));
    const owner = await stranger.send(new GetCallerIdentityCommand({}));
    expect(owner.Arn).toBe("arn:aws:iam::111122223333:root");
    door.state.trustsAnonymous = false;
    expect(await errorOf(stranger.send(new GetCallerIdentityCommand({})))).toMatchObject({
      name: "InvalidClientTokenId",
      status: 403,
    });
  });
});

describe("where nobody is trusted without a proof", () => {
  const post = (path: string, headers: Record<string, string>, body = "{}") =>
    fetch(`${door.url}${path}`, { method: "POST", headers, body });

  test("a request without a signature is told what it lacks", async () => {
    door.state.trustsAnonymous = false;
    const target = { "x-amz-target": "DynamoDB_20120810.ListTables" };
    const tables = await post("/", target);
    expect(tables.status).toBe(400);
    expect(await tables.json()).toMatchObject({
      __type: "com.amazon.coral.service#MissingAuthenticationTokenException",
    });
    for (const path of ["/topics/a", "/2015-03-31/functions/f/invocations"]) {
      const answer = await post(path, {});
      expect(answer.status).toBe(403);
      expect(answer.headers.get("x-amzn-errortype")).toBe("MissingAuthenticationTokenException");
    }
  });

  test("half a signature is told what is missing in it", async () => {
    const { accessKeyId } = door.rootKey;
    const scope = `${accessKeyId}/20260102/eu-central-1/dynamodb/aws4_request`;
    const answer = await post("/", {
      "x-amz-target": "DynamoDB_20120810.ListTables",
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}`,
    });
    expect(await answer.json()).toMatchObject({
      __type: "com.amazon.coral.service#IncompleteSignatureException",
      message: expect.stringContaining("requires 'Signature' parameter"),
    });
  });

  test("what the house does is told to the owner alone", async () => {
    for (const path of ["/_millrace/denials", "/_millrace/trace"]) {
      door.state.trustsAnonymous = true;
      expect((await fetch(door.url + path)).status).toBe(200);
      door.state.trustsAnonymous = false;
      expect((await fetch(door.url + path)).status).toBe(403);
    }
    expect((await fetch(`${door.url}/_millrace/ready`)).status).toBe(200);
    expect((await fetch(`${door.url}/metrics`)).status).toBe(200);
  });
});

test("a body that was changed on the way is found out", async () => {
  const client = new IoTDataPlaneClient(options(door.rootKey));
  const count = door.published.length;
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { body: Uint8Array };
      request.body = new TextEncoder().encode("other");
      return next(args);
    },
    { step: "finalizeRequest", priority: "low" },
  );
  const asked = client.send(new PublishCommand({ topic: "desk/1", payload: new Uint8Array(5) }));
  expect((await errorOf(asked)).name).toBe("InvalidSignatureException");
  expect(door.published.length).toBe(count);
});
