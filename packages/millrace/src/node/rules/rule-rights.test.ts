import { expect, test } from "bun:test";
import { ManualClock, silentLogger, systemRandom, utf8 } from "../../base/mod.ts";
import { ApiAccess, Denials, Identities, makeSecret, memoryKeyStore } from "../../identity/mod.ts";
import { type PolicyUse, parsePolicyDocument } from "../../policy/mod.ts";
import type { RulePorts } from "../../rules/mod.ts";
import { FunctionPolicies } from "../identity/function-policies.ts";
import { withRights } from "./rule-rights.ts";

const account = { partition: "aws", region: "eu-central-1", accountId: "111122223333" };
const roleArn = (name: string) => `arn:aws:iam::111122223333:role/${name}`;
const here = "eu-central-1:111122223333";

function document(statement: object, use: PolicyUse) {
  const parsed = parsePolicyDocument({ Version: "2012-10-17", Statement: statement }, use);
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
  return parsed.document;
}

function role(name: string, allowed: object, service = "iot.amazonaws.com", condition = {}) {
  const trust = { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" };
  return {
    name,
    arn: roleArn(name),
    trust: document({ ...trust, Condition: condition }, "trust"),
    policies: [{ name: "some", document: document({ Effect: "Allow", ...allowed }, "identity") }],
  };
}

/** What a rule `r` in this role has done, of all that it tried. */
function open({ inRole = "Rules", trustsAbsentRoles = false } = {}) {
  const clock = new ManualClock(Date.UTC(2026, 0, 2));
  const denials = new Denials({ clock, logger: silentLogger });
  const all = { Action: "*", Resource: "*" };
  const onlyTables = { Action: "dynamodb:*", Resource: `arn:aws:dynamodb:${here}:table/mine` };
  const shadowsOfLamp = [`arn:aws:iot:${here}:thing/lamp`, `arn:aws:iot:${here}:thing/door/open`];
  const bySource = { StringEquals: { "aws:SourceArn": `arn:aws:iot:${here}:rule/other` } };
  const identities = new Identities({
    account,
    secret: makeSecret(systemRandom),
    keys: memoryKeyStore(),
    roles: [
      role("Rules", all),
      role("Tables", onlyTables),
      role("TablesOfA", { ...onlyTables, Resource: `arn:aws:dynamodb:${here}:table/a*` }),
      role("Shadows", { Action: "iot:GetThingShadow", Resource: shadowsOfLamp }),
      role("Functions", all, "lambda.amazonaws.com"),
      role("OfOther", all, "iot.amazonaws.com", bySource),
    ],
    pools: [],
    clock,
    random: systemRandom,
  });
  const permissions = [
    { functionName: "open", action: "lambda:InvokeFunction", principal: "iot.amazonaws.com" },
    {
      functionName: "others",
      action: "lambda:InvokeFunction",
      principal: "iot.amazonaws.com",
      sourceArn: `arn:aws:iot:${here}:rule/other`,
    },
    {
      functionName: "closed",
      qualifier: "live",
      action: "lambda:InvokeFunction",
      principal: "iot.amazonaws.com",
    },
  ];
  const policies = new FunctionPolicies({
    permissions,
    settings: { entryOf: () => undefined },
    account,
  });
  const access = new ApiAccess({ denials, clock });
  const options = { identities, access, policies, trustsAbsentRoles };
  const ports = withRights(recorder(), options);
  return { ports: ports.actingAs!({ ruleName: "r", roleArn: roleArn(inRole) }), denials };
}

function recorder(): RulePorts {
  const done = async () => {};
  return {
    publish: () => ({ accepted: true }),
    invokeAsync: done,
    putItem: done,
    updateItem: done,
    deleteItem: done,
    putRecord: done,
    putObject: done,
    writeLog: done,
    putMetric: () => undefined,
    services: {
      invoke: async () => "answer",
      readItem: async () => undefined,
      readRegistry: async () => "{}",
      readShadow: async () => "{}",
    },
  };
}

const message = { payload: utf8("x"), qos: 1, origin: { ruleDepth: 1, traceId: "t" } } as const;

/** Everything that a role is asked for, with the action that it needs. */
const deeds: readonly [string, (ports: RulePorts) => unknown][] = [
  ["iot:Publish", async (ports) => reasonOf(await ports.publish({ ...message, topic: "a" }))],
  ["dynamodb:PutItem", (ports) => ports.putItem("t", {})],
  ["dynamodb:UpdateItem", (ports) => ports.updateItem("t", {}, {})],
  ["dynamodb:DeleteItem", (ports) => ports.deleteItem("t", {})],
  [
    "kinesis:PutRecord",
    (ports) => ports.putRecord!({ streamName: "s", partitionKey: "p", data: utf8("x") }),
  ],
  ["s3:PutObject", (ports) => ports.putObject!({ bucketName: "b", key: "k", bytes: utf8("x") })],
  ["logs:DescribeLogStreams", (ports) => ports.writeLog!("group", [], "r")],
  ["cloudwatch:PutMetricData", (ports) => throwing(ports.putMetric!(metric))],
];

const metric = { namespace: "n", name: "m", unit: "Count", value: 1, timestampMs: 0 };

function reasonOf({ accepted, reason }: { accepted: boolean; reason?: string }) {
  return throwing(accepted ? undefined : reason);
}

function throwing(reason: string | undefined): void {
  if (reason !== undefined) throw new Error(reason);
}

async function problemOf(deed: () => unknown): Promise<string | undefined> {
  try {
    await deed();
    return undefined;
  } catch (thrown) {
    return (thrown as Error).message;
  }
}

test.each(deeds)("%s is asked of the role of the action", async (action, deed) => {
  expect(await problemOf(() => deed(open().ports))).toBeUndefined();
  const { ports, denials } = open({ inRole: "Tables" });
  expect(await problemOf(() => deed(ports))).toContain(
    `User: arn:aws:sts::111122223333:assumed-role/Tables/r is not authorized to perform: ${action}`,
  );
  expect(denials.list().denials).toMatchObject([{ via: "rule", rule: "r", action }]);
});

test("a role does what its policies allow, on what they name", async () => {
  const { ports } = open({ inRole: "Tables" });
  expect(await problemOf(() => ports.putItem("mine", {}))).toBeUndefined();
  expect(await problemOf(() => ports.putItem("theirs", {}))).toContain("table/theirs");
});

/** DynamoDB takes an ARN for a name, and a message may bring either. */
test("a table that is named by its ARN is that table to the role", async () => {
  const arn = (name: string) => `arn:aws:dynamodb:${here}:table/${name}`;
  const { ports } = open({ inRole: "Tables" });
  expect(await problemOf(() => ports.putItem(arn("mine"), {}))).toBeUndefined();
  const others = open({ inRole: "TablesOfA" }).ports;
  expect(await problemOf(() => others.putItem("all", {}))).toBeUndefined();
  expect(await problemOf(() => others.putItem(arn("theirs"), {}))).toContain(arn("theirs"));
});

test("a statement reads tables in the role that stands in it", async () => {
  const { services } = open().ports;
  const read = (name: string, tableName: string) =>
    problemOf(() => services!.readItem!({ tableName, key: [], roleArn: roleArn(name) }));
  expect(await read("Tables", "mine")).toBeUndefined();
  expect(await read("Tables", "theirs")).toContain("dynamodb:GetItem");
});

test("a statement reads things in the role that stands in it", async () => {
  const { services } = open().ports;
  const read = { operation: "DescribeThing", thingName: "t", roleArn: roleArn("Tables") } as const;
  expect(await problemOf(() => services!.readRegistry!(read))).toContain(
    "iot:DescribeThing on resource: arn:aws:iot:eu-central-1:111122223333:thing/t",
  );
});

test("a statement reads shadows in the role that stands in it", async () => {
  const { services } = open().ports;
  const read = (name: string, thingName: string, shadowName?: string) => {
    const asked = { thingName, shadowName, roleArn: roleArn(name) };
    return problemOf(() => services!.readShadow!(asked));
  };
  expect(await read("Shadows", "lamp")).toBeUndefined();
  expect(await read("Shadows", "lamp", "config")).toBeUndefined();
  expect(await read("Shadows", "door", "open")).toBeUndefined();
  expect(await read("Shadows", "door")).toContain(`resource: arn:aws:iot:${here}:thing/door `);
  expect(await read("Shadows", "door", "shut")).toContain(`:thing/door/shut `);
  expect(await read("Tables", "lamp")).toContain("iot:GetThingShadow");
});

test.each([
  ["Functions", 'the trust policy of the role "Functions" does not let iot.amazonaws.com take it'],
  ["OfOther", 'the trust policy of the role "OfOther" does not let iot.amazonaws.com take it'],
  ["Gone", `the role "${roleArn("Gone")}" is not in the template`],
])("in the role %s nothing is done", async (inRole, expected) => {
  expect(await problemOf(() => open({ inRole }).ports.putItem("mine", {}))).toBe(expected);
});

test("where unproven requests are the owner's, so is what is done in a role that is not here", async () => {
  const { ports } = open({ inRole: "Gone", trustsAbsentRoles: true });
  expect(await problemOf(() => ports.putItem("mine", {}))).toBeUndefined();
});

test("an alias of a function has a policy of its own", async () => {
  const { ports } = open();
  const call = (name: string, qualifier?: string) =>
    problemOf(() => ports.invokeAsync(name, utf8("{}"), qualifier));
  expect(await call("closed", "live")).toBeUndefined();
  expect(await call("closed")).toContain(":function:closed because");
  expect(await call("open", "live")).toContain(":function:open:live because");
});

test("a function is called when its own policy lets this rule, whatever the role", async () => {
  for (const inRole of ["Rules", "Gone"]) {
    const { ports, denials } = open({ inRole });
    const call = (name: string) => problemOf(() => ports.invokeAsync(name, utf8("{}")));
    const ask = (arn: string) => problemOf(() => ports.services!.invoke!(arn, utf8("{}")));
    expect(await call("open")).toBeUndefined();
    expect(await ask(`arn:aws:lambda:${here}:function:open`)).toBeUndefined();
    for (const name of ["others", "closed"]) {
      const refusal =
        "User: iot.amazonaws.com is not authorized to perform: lambda:InvokeFunction on resource: " +
        `arn:aws:lambda:${here}:function:${name} because no resource-based policy allows the ` +
        "lambda:InvokeFunction action";
      expect(await call(name)).toBe(refusal);
      expect(await ask(`arn:aws:lambda:${here}:function:${name}`)).toBe(refusal);
    }
    const nested = `arn:aws:lambda:${here}:function:closed:function:open`;
    expect(await ask(nested)).toBe(`"${nested}" names no function`);
    const [newest] = denials.list().denials;
    expect(newest).toMatchObject({ via: "invoke", rule: "r", count: 2 });
  }
});
