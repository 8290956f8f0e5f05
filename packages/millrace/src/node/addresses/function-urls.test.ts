import { expect, test } from "bun:test";
import { ManualClock, silentLogger, systemRandom, utf8 } from "../../base/mod.ts";
import { incomingOf } from "../../gateway/mod.ts";
import {
  ApiAccess,
  Denials,
  Identities,
  makeSecret,
  memoryKeyStore,
  type SessionGrant,
} from "../../identity/mod.ts";
import { parsePolicyDocument } from "../../policy/mod.ts";
import { FunctionPolicies } from "../identity/function-policies.ts";
import { createFunctionUrls, type FunctionUrlParts } from "./function-urls.ts";

const account = { partition: "aws", region: "eu-central-1", accountId: "111122223333" };
const id = "abcdefghijklmnopqrstuvwxyz234567";
const arnOf = (name: string) => `arn:aws:lambda:eu-central-1:111122223333:function:${name}`;

type Permission = ConstructorParameters<typeof FunctionPolicies>[0]["permissions"][number];

/** What somebody is told who may do this and whom the function's policy gives that. */
async function statusFor(statements: object[], permissions: Omit<Permission, "functionName">[]) {
  const clock = new ManualClock();
  const parsed = parsePolicyDocument({ Version: "2012-10-17", Statement: statements }, "identity");
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
  const policies = [{ name: "own", document: parsed.document }];
  const identities = new Identities({
    account,
    secret: makeSecret(systemRandom),
    keys: memoryKeyStore(),
    roles: [{ name: "Reader", arn: "arn:aws:iam::111122223333:role/Reader", policies }],
    pools: [],
    clock,
    random: systemRandom,
  });
  const grant: SessionGrant = { roleName: "Reader", sessionName: "s", keys: {} };
  const caller = identities.callerOf(grant, {})!;
  const url = { id, functionName: "page", signed: true, streamed: false };
  const none = new Uint8Array(0);
  const parts = {
    identity: {
      identities: { authenticate: () => ({ ok: true, caller }) },
      apiAccess: new ApiAccess({ denials: new Denials({ clock, logger: silentLogger }), clock }),
    },
    functions: {
      urls: { find: () => url },
      control: { arnOf },
      invoke: async () => ({ found: true, payload: utf8('"hello"'), logTail: none }),
    },
    policies: new FunctionPolicies({
      permissions: permissions.map((one) => ({ functionName: "page", ...one })),
      settings: { entryOf: () => undefined },
      account,
    }),
    loggerOf: () => silentLogger,
  } as unknown as FunctionUrlParts;
  const answer = await createFunctionUrls(parts)(requestTo(`${id}.lambda-url.test`));
  return answer?.status;
}

function requestTo(host: string) {
  const request = new Request("http://a.test/", { headers: { host } });
  return incomingOf(request, { ip: "192.0.2.1" });
}

const may = (Action: string | string[], more: object = {}) => ({
  Effect: "Allow",
  Action,
  Resource: arnOf("page"),
  ...more,
});
const viaUrl = { Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "true" } } };
const url = "lambda:InvokeFunctionUrl";
const invoke = "lambda:InvokeFunction";
const principal = "111122223333";

/** "require both lambda:InvokeFunctionUrl and lambda:InvokeFunction" [Lambda: function URLs] */
test.each([
  ["nothing", [], [], 403],
  ["the URL alone", [may(url)], [], 403],
  ["the function alone", [may(invoke)], [], 403],
  ["both", [may([url, invoke])], [], 200],
  ["both, through the URL", [may(url), may(invoke, viaUrl)], [], 200],
] as const)("who signs and may %s", async (_, statements, permissions, status) => {
  expect(await statusFor([...statements, may("s3:*")], [...permissions])).toBe(status);
});

test("the function's own policy may let somebody in, by both", async () => {
  const Principal = `arn:aws:sts::${principal}:assumed-role/Reader/s`;
  const ofUrl = { action: url, principal: Principal, urlAuthType: "AWS_IAM" } as const;
  const through = { action: invoke, principal: Principal, viaUrl: true };
  expect(await statusFor([may("s3:*")], [ofUrl])).toBe(403);
  expect(await statusFor([may("s3:*")], [through])).toBe(403);
  expect(await statusFor([may("s3:*")], [ofUrl, through])).toBe(200);
});
