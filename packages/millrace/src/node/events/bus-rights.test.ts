import { expect, test } from "bun:test";
import { ManualClock, silentLogger, systemRandom, utf8 } from "../../base/mod.ts";
import { ApiAccess, Denials, Identities, makeSecret, memoryKeyStore } from "../../identity/mod.ts";
import { type PolicyUse, parsePolicyDocument } from "../../policy/mod.ts";
import { FunctionPolicies } from "../identity/function-policies.ts";
import { withBusRights } from "./bus-rights.ts";

const account = { partition: "aws", region: "eu-central-1", accountId: "111122223333" };
const here = "eu-central-1:111122223333";
const ruleArn = `arn:aws:events:${here}:rule/r`;
const roleArn = (name: string) => `arn:aws:iam::111122223333:role/${name}`;
const service = "events.amazonaws.com";

function document(statement: object, use: PolicyUse) {
  const parsed = parsePolicyDocument({ Version: "2012-10-17", Statement: statement }, use);
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
  return parsed.document;
}

function role(name: string, Action: string, Service = service) {
  const trust = { Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" };
  const allowed = { Effect: "Allow", Action, Resource: "*" };
  return {
    name,
    arn: roleArn(name),
    trust: document(trust, "trust"),
    policies: [{ name: "some", document: document(allowed, "identity") }],
  };
}

function open({ trustsAbsentRoles = false } = {}) {
  const clock = new ManualClock();
  const identities = new Identities({
    account,
    secret: makeSecret(systemRandom),
    keys: memoryKeyStore(),
    roles: [role("All", "*"), role("None", "s3:*"), role("Lambda", "*", "lambda.amazonaws.com")],
    pools: [],
    clock,
    random: systemRandom,
  });
  const permission = { action: "lambda:InvokeFunction", principal: service };
  const sourceArn = `arn:aws:events:${here}:rule/other`;
  const policies = new FunctionPolicies({
    permissions: [
      { functionName: "open", ...permission },
      { functionName: "others", ...permission, sourceArn },
      { functionName: "byUrl", ...permission, viaUrl: true },
    ],
    settings: { entryOf: () => undefined },
    account,
  });
  const access = new ApiAccess({ denials: new Denials({ clock, logger: silentLogger }), clock });
  const done: string[] = [];
  const ports = withBusRights(
    {
      callFunction: async ({ name }) => void done.push(name),
      writeLog: async ({ groupName }) => void done.push(groupName),
    },
    { identities, access, policies, trustsAbsentRoles },
  );
  const acting = (name?: string) => ({
    ruleName: "r",
    ruleArn,
    ...(name !== undefined && { roleArn: roleArn(name) }),
  });
  const attempt = async (deed: Promise<void>) => {
    const reason = await deed.then(
      () => undefined,
      (thrown: Error) => thrown.message,
    );
    return reason ?? "done";
  };
  return {
    done,
    call: (name: string, inRole?: string) =>
      attempt(ports.callFunction({ name, payload: utf8("{}") }, acting(inRole))),
    log: (inRole?: string) =>
      attempt(ports.writeLog({ groupName: "g", message: "m" }, acting(inRole))),
    bus: (inRole?: string) =>
      ports.busRefusal(`arn:aws:events:${here}:event-bus/b`, acting(inRole)) ?? "done",
  };
}

test("a function without a role is called when its own policy lets this rule", async () => {
  const { call, done } = open();
  expect(await call("open")).toBe("done");
  for (const name of ["others", "byUrl", "closed"]) {
    expect(await call(name)).toBe(
      `User: ${service} is not authorized to perform: lambda:InvokeFunction on resource: ` +
        `arn:aws:lambda:${here}:function:${name} because no resource-based policy allows the ` +
        "lambda:InvokeFunction action",
    );
  }
  expect(done).toEqual(["open"]);
});

test("with a role, its policies decide", async () => {
  const { call, log, bus, done } = open();
  expect([await call("closed", "All"), await log("All"), bus("All")]).toEqual([
    "done",
    "done",
    "done",
  ]);
  expect(await call("open", "None")).toContain("lambda:InvokeFunction");
  expect(await log("None")).toContain("logs:CreateLogStream");
  expect(bus("None")).toContain("events:PutEvents");
  expect(done).toEqual(["closed", "g"]);
});

test("without a role, logs and buses of this account are open to its rules", async () => {
  const { log, bus } = open();
  expect([await log(), bus()]).toEqual(["done", "done"]);
});

test("a role that another service may take, or that is not here, does nothing", async () => {
  expect(await open().log("Lambda")).toBe(
    `the trust policy of the role "Lambda" does not let ${service} take it`,
  );
  expect(await open().log("Gone")).toBe(`the role "${roleArn("Gone")}" is not in the template`);
  expect(await open({ trustsAbsentRoles: true }).log("Gone")).toBe("done");
});
