import { expect, test } from "bun:test";
import { ManualClock, noBytes, silentLogger, systemRandom, utf8 } from "../../base/mod.ts";
import type { InvokeResult } from "../../functions/mod.ts";
import { ApiAccess, Denials, Identities, makeSecret, memoryKeyStore } from "../../identity/mod.ts";
import { admission, authorizerCaller } from "./authorizers.ts";
import { FunctionPolicies } from "./function-policies.ts";

const account = { partition: "aws", region: "eu-central-1", accountId: "111122223333" };
const here = "eu-central-1:111122223333";
const authorizerArn = `arn:aws:iot:${here}:authorizer/Mine`;

/** A function `decide` with this permission, and who has called it how often. */
function open(permission?: { readonly principal?: string; readonly sourceArn?: string }) {
  const clock = new ManualClock();
  const denials = new Denials({ clock, logger: silentLogger });
  const secret = makeSecret(systemRandom);
  const keys = memoryKeyStore();
  const random = systemRandom;
  const identities = new Identities({ account, secret, keys, roles: [], pools: [], clock, random });
  const given = {
    functionName: "decide",
    action: "lambda:InvokeFunction",
    principal: "iot.amazonaws.com",
    ...permission,
  };
  const policies = new FunctionPolicies({
    permissions: permission ? [given] : [],
    settings: { entryOf: () => undefined },
    account,
  });
  const called: unknown[] = [];
  const state: { answer: InvokeResult } = { answer: answered("yes") };
  const call = authorizerCaller({
    invoke: async (name, _, options) => {
      called.push([name, options?.qualifier]);
      return state.answer;
    },
    identities,
    access: new ApiAccess({ denials, clock }),
    policies,
  });
  const ask = (suffix = "") => {
    const functionArn = `arn:aws:lambda:${here}:function:decide${suffix}`;
    return call({ functionArn, authorizerArn, payload: noBytes });
  };
  return { ask, called, state, denials };
}

function answered(text: string, more: object = {}): InvokeResult {
  const payload = utf8(text);
  return { found: true, requestId: "r", payload, logTail: noBytes, version: "1", ...more };
}

test("a function is called that permits it to the broker's authorizers", async () => {
  for (const permission of [{}, { sourceArn: authorizerArn }]) {
    const { ask, called } = open(permission);
    expect(await ask()).toEqual({ ok: true, payload: utf8("yes") });
    expect(called).toEqual([["decide", undefined]]);
  }
});

test.each([
  ["nobody", undefined],
  ["another service", { principal: "events.amazonaws.com" }],
  ["another authorizer", { sourceArn: `arn:aws:iot:${here}:authorizer/Other` }],
])("a function that permits it to %s is not called", async (_, permission) => {
  const { ask, called, denials } = open(permission);
  const result = await ask();
  expect(result).toMatchObject({ ok: false });
  expect("reason" in result && result.reason).toContain("lambda:InvokeFunction");
  expect(called).toEqual([]);
  expect(denials.list().denials[0]).toMatchObject({ via: "invoke" });
});

test("a client that proves nothing where nobody may is told about, with what to do", () => {
  const told: object[] = [];
  const denials = { reportUnproved: (unproved: object) => void told.push(unproved) };
  const gate = { concerns: () => false, connect: () => Promise.reject(new Error("not asked")) };
  const admit = admission({ anonymous: ["tcp"], gate, denials });
  const link = { remoteAddress: "192.0.2.7", tls: undefined };
  const nothing = { username: undefined, password: undefined, willTopic: undefined };
  const facts = { ...nothing, clientId: "c-1", isAssignedId: false, persistent: false, link };
  expect(admit({ ...facts, transport: "tcp" })).toMatchObject({ allowed: true });
  expect(told).toEqual([]);
  expect(admit({ ...facts, transport: "websocket" })).toEqual({ allowed: false });
  expect(told).toEqual([
    {
      arn: "",
      action: "iot:Connect",
      clientId: "c-1",
      sourceIp: "192.0.2.7",
      reason: expect.stringContaining("not signed"),
      remedy: expect.stringContaining("--anonymous all"),
    },
  ]);
});

test("an authorizer is told how the WebSocket was opened", () => {
  const asked: unknown[] = [];
  const verdict = Promise.resolve({ allowed: false } as const);
  const gate = {
    concerns: () => true,
    connect: (client: { clientId: string }, http: unknown) => {
      asked.push([client.clientId, http]);
      return verdict;
    },
  };
  const admit = admission({ anonymous: [], gate, denials: { reportUnproved() {} } });
  const link = { remoteAddress: "192.0.2.7", tls: undefined };
  const words = { username: "ann", password: undefined, willTopic: undefined };
  const facts = { ...words, clientId: "c-1", isAssignedId: false, persistent: false, link };
  const http = { headers: { cookie: "a=b" }, queryString: "" };
  expect(admit({ ...facts, transport: "websocket" }, http)).toBe(verdict);
  expect(admit({ ...facts, transport: "tcp" })).toBe(verdict);
  expect(asked).toEqual([
    ["c-1", http],
    ["c-1", undefined],
  ]);
});

test("a version or an alias needs a permission of its own", async () => {
  const { ask, called } = open({});
  expect(await ask(":live")).toMatchObject({ ok: false });
  expect(called).toEqual([]);
});

test("what a function cannot answer is told", async () => {
  const { ask, state } = open({});
  const reasonOf = async (answer: InvokeResult) => {
    state.answer = answer;
    const result = await ask();
    return result.ok ? undefined : result.reason;
  };
  expect(await reasonOf({ found: false })).toBe('there is no function "decide"');
  expect(await reasonOf(answered("broken", { functionError: "Unhandled" }))).toBe(
    "the function failed: broken",
  );
  const throttled = answered("busy", {
    throttled: "ReservedFunctionConcurrentInvocationLimitExceeded",
  });
  expect(await reasonOf(throttled)).toBe("the function failed: busy");
});
