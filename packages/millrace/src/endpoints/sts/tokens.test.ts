import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  AssumeRoleWithWebIdentityCommand,
  type Credentials,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { ManualClock } from "../../base/mod.ts";
import { openDoor } from "../door-fixture.ts";
import { roleArn } from "../identity-fixture.ts";

type Door = Awaited<ReturnType<typeof openDoor>>;
let door: Door;
let owner: STSClient;

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

beforeAll(async () => {
  // SDKs sign with the machine's time.
  door = await openDoor({}, undefined, new ManualClock(Math.floor(Date.now() / 1_000) * 1_000));
  door.state.trustsAnonymous = false;
  owner = clientOf(door.rootKey);
});
afterAll(() => door.close());

function clientOf(credentials: Keys, region = "eu-central-1"): STSClient {
  return new STSClient({ endpoint: door.url, region, credentials, maxAttempts: 1 });
}

function keysOf({ AccessKeyId, SecretAccessKey, SessionToken }: Credentials): Keys {
  return {
    accessKeyId: AccessKeyId!,
    secretAccessKey: SecretAccessKey!,
    sessionToken: SessionToken!,
  };
}

async function assume(client: STSClient, more: Partial<AssumeRoleCommandInput> = {}) {
  const input = { RoleArn: roleArn("Operator"), RoleSessionName: "night-shift", ...more };
  return client.send(new AssumeRoleCommand(input));
}

async function errorOf(asked: Promise<unknown>) {
  const error = await asked.then(
    () => new Error("was answered"),
    (thrown: Error) => thrown,
  );
  return { name: error.name, message: error.message };
}

const identity = new GetCallerIdentityCommand({});

test("the owner of the account is known by its access key", async () => {
  expect(await owner.send(identity)).toMatchObject({
    Arn: "arn:aws:iam::111122223333:root",
    UserId: "111122223333",
    Account: "111122223333",
  });
});

test("a role is taken by whom it trusts, and its credentials say so", async () => {
  const { Credentials, AssumedRoleUser } = await assume(owner, { DurationSeconds: 900 });
  expect(Credentials!.Expiration!.getTime()).toBe(door.clock.now() + 900_000);
  const arn = "arn:aws:sts::111122223333:assumed-role/Operator/night-shift";
  expect(AssumedRoleUser!.Arn).toBe(arn);
  expect(AssumedRoleUser!.AssumedRoleId).toMatch(/^AROA[A-Z2-7]{17}:night-shift$/);
  const session = clientOf(keysOf(Credentials!));
  const answer = await session.send(identity);
  expect(answer).toMatchObject({ Arn: arn, UserId: AssumedRoleUser!.AssumedRoleId });
  expect(await errorOf(session.send(new GetSessionTokenCommand({})))).toEqual({
    name: "AccessDenied",
    message: "Cannot call GetSessionToken with session credentials",
  });
});

test("a role is not given to whom it does not trust, and one that is not there sounds alike", async () => {
  for (const more of [
    { RoleArn: roleArn("Rules") },
    { RoleArn: roleArn("Guest") },
    { RoleArn: roleArn("Nobody") },
    { ExternalId: "not-agreed" },
    { RoleSessionName: "nobody" },
  ]) {
    const { RoleArn = roleArn("Operator") } = more as { RoleArn?: string };
    expect(await errorOf(assume(owner, more))).toEqual({
      name: "AccessDenied",
      message:
        "User: arn:aws:iam::111122223333:root is not authorized to perform: " +
        `sts:AssumeRole on resource: ${RoleArn}`,
    });
  }
  expect((await assume(owner, { ExternalId: "agreed" })).Credentials).toBeDefined();
});

test("a trust policy is asked with the address and the time of the call", async () => {
  const taken = await assume(owner, { RoleArn: roleArn("Nearby") });
  expect(taken.Credentials).toBeDefined();
});

test("a session may take a role only where its own policies allow it, too", async () => {
  const session = clientOf(keysOf((await assume(owner)).Credentials!));
  expect((await errorOf(assume(session))).name).toBe("AccessDenied");
});

test("a role that a role takes lasts an hour at most", async () => {
  const relief = { RoleArn: roleArn("Relief") };
  const first = await assume(owner, { ...relief, DurationSeconds: 7_200 });
  const session = clientOf(keysOf(first.Credentials!));
  expect(await errorOf(assume(session, { ...relief, DurationSeconds: 3_601 }))).toEqual({
    name: "ValidationError",
    message:
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role " +
      "chaining",
  });
  const { Credentials } = await assume(session, { ...relief, DurationSeconds: 3_600 });
  expect(Credentials!.Expiration!.getTime()).toBe(door.clock.now() + 3_600_000);
});

test("a session token stands for the owner", async () => {
  const { Credentials } = await owner.send(new GetSessionTokenCommand({ DurationSeconds: 7_200 }));
  expect(Credentials!.Expiration!.getTime()).toBe(door.clock.now() + 3_600_000);
  const answer = await clientOf(keysOf(Credentials!)).send(identity);
  expect(answer.Arn).toBe("arn:aws:iam::111122223333:root");
});

test("whoever is not who they say they are is told so", async () => {
  const { Credentials } = await assume(owner);
  const keys = keysOf(Credentials!);
  const token = keys.sessionToken!;
  const cases: readonly (readonly [STSClient, string])[] = [
    [clientOf({ ...door.rootKey, secretAccessKey: "guessed" }), "SignatureDoesNotMatch"],
    [clientOf({ ...door.rootKey, accessKeyId: "AKIAIOSFODNN7EXAMPLE" }), "InvalidClientTokenId"],
    [clientOf({ ...keys, sessionToken: `${token.slice(0, -8)}AAAAAAAA` }), "InvalidClientTokenId"],
    [clientOf(door.rootKey, "eu-west-1"), "SignatureDoesNotMatch"],
  ];
  for (const [client, name] of cases)
    expect((await errorOf(client.send(identity))).name).toBe(name);
});

test("what is not implemented or not valid is named", async () => {
  const { name, message } = await errorOf(assume(owner, { SourceIdentity: "ann" }));
  expect({ name, message }).toEqual({
    name: "ValidationError",
    message: "The parameter 'SourceIdentity' is not implemented",
  });
  const unknown = new GetAccessKeyInfoCommand({ AccessKeyId: door.rootKey.accessKeyId });
  expect((await errorOf(owner.send(unknown))).name).toBe("InvalidAction");
  expect((await errorOf(assume(owner, { RoleSessionName: "a<b" }))).message).toContain("'a<b'");
  expect((await errorOf(assume(owner, { DurationSeconds: 43_201 }))).message).toContain(
    "less than or equal to 43200",
  );
});

test("what both ways of taking a role need is asked for before the role is looked for", async () => {
  const missing = (name: string) =>
    `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member ` +
    "must not be null";
  const wrong = "arn of nobody, who is not here";
  const cases: readonly (readonly [Partial<AssumeRoleCommandInput>, string])[] = [
    [{ RoleArn: undefined }, missing("roleArn")],
    [{ RoleSessionName: undefined }, missing("roleSessionName")],
    [
      { RoleArn: "short" },
      "1 validation error detected: Value 'short' at 'roleArn' failed to satisfy constraint: " +
        "Member must have length greater than or equal to 20",
    ],
    [{ RoleArn: wrong }, `${wrong} is invalid`],
  ];
  for (const [more, message] of cases) {
    const web = { RoleArn: roleArn("Guest"), RoleSessionName: "web", WebIdentityToken: "none" };
    const open = new AssumeRoleWithWebIdentityCommand({ ...web, ...more } as typeof web);
    const expected = { name: "ValidationError", message };
    expect(await errorOf(assume(owner, more))).toEqual(expected);
    expect(await errorOf(owner.send(open))).toEqual(expected);
  }
});

test("an external id has the form that AWS wants", async () => {
  for (const ExternalId of ["a", "a b", "a".repeat(1_225)]) {
    const { name, message } = await errorOf(assume(owner, { ExternalId }));
    expect(name).toBe("ValidationError");
    expect(message).toContain("at 'externalId' failed to satisfy constraint");
  }
});

test("who may not take a role does not learn how long it could have it", async () => {
  const message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
  const long = { DurationSeconds: 7_201 };
  for (const name of ["Operator", "Relief"]) {
    const asked = assume(owner, { ...long, RoleArn: roleArn(name) });
    expect(await errorOf(asked)).toEqual({ name: "ValidationError", message });
  }
  for (const name of ["Rules", "Nobody"]) {
    const asked = assume(owner, { ...long, RoleArn: roleArn(name) });
    expect((await errorOf(asked)).name).toBe("AccessDenied");
  }
});

/** "The resulting session's permissions are the intersection" [STS: AssumeRole, Policy] */
test("a session does no more than the policy says that it was taken with", async () => {
  const RoleArn = roleArn("Relief");
  const again = (Effect: string, Resource: string) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: { Effect, Action: "sts:AssumeRole", Resource },
    });
  const taken = async (Policy: string) => {
    const { Credentials } = await assume(owner, { RoleArn, Policy });
    return clientOf(keysOf(Credentials!));
  };
  const free = await taken(again("Allow", "*"));
  expect((await assume(free, { RoleArn })).Credentials).toBeDefined();
  for (const less of [again("Deny", "*"), again("Allow", roleArn("Operator"))]) {
    const session = await taken(less);
    expect((await errorOf(assume(session, { RoleArn }))).name).toBe("AccessDenied");
  }
  // It gives nothing that the role does not have.
  const session = clientOf(
    keysOf((await assume(owner, { Policy: again("Allow", "*") })).Credentials!),
  );
  expect((await errorOf(assume(session, { RoleArn }))).name).toBe("AccessDenied");
});

test("a number in a session's policy that JSON has none for ends nothing", async () => {
  const statement = { Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" };
  const Condition = { StringNotEquals: { "aws:userid": 0 } };
  const text = JSON.stringify({ Version: "2012-10-17", Statement: { ...statement, Condition } });
  const RoleArn = roleArn("Relief");
  const { Credentials } = await assume(owner, { RoleArn, Policy: text.replace(":0}", ":1e400}") });
  const session = clientOf(keysOf(Credentials!));
  expect((await assume(session, { RoleArn })).Credentials).toBeDefined();
});

test("a policy for a session that cannot be one is refused, with its place", async () => {
  const statement = { Effect: "Allow", Action: "iot:*", Resource: "*" };
  const of = (Statement: object) => JSON.stringify({ Version: "2012-10-17", Statement });
  expect(await errorOf(assume(owner, { Policy: of({ ...statement, Effect: "allow" }) }))).toEqual({
    name: "MalformedPolicyDocumentException",
    message: "/Statement/Effect (line 1, column 47): 'allow' is not one of Allow, Deny",
  });
  const Condition = { StringEquals: { "aws:PrincipalTag/team": "a" } };
  const odd = await errorOf(assume(owner, { Policy: of({ ...statement, Condition }) }));
  expect(odd.message).toBe(
    "/Statement/0: the condition key 'aws:PrincipalTag/team' is not implemented",
  );
  const names = Array.from(
    { length: 60 },
    (_, at) => `arn:aws:iot:*:*:topic/\u00ff${"\u00ff".repeat(9)}${at}`,
  );
  const large = of({ ...statement, Resource: names.slice(0, 50) });
  expect((await errorOf(assume(owner, { Policy: large }))).name).toBe(
    "PackedPolicyTooLargeException",
  );
  const longer = of({ ...statement, Resource: names.map((name) => `${name}/and/more`) });
  expect((await errorOf(assume(owner, { Policy: longer }))).name).toBe(
    "MalformedPolicyDocumentException",
  );
});

test("an unsigned request is refused", async () => {
  const body = new URLSearchParams({ Action: "GetCallerIdentity", Version: "2011-06-15" });
  const answer = await fetch(door.url, { method: "POST", body });
  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain("<Code>MissingAuthenticationToken</Code>");
});

test("temporary credentials end", async () => {
  const { Credentials } = await assume(owner);
  door.clock.advance(3_600_000);
  const session = clientOf(keysOf(Credentials!));
  expect((await errorOf(session.send(identity))).name).toBe("ExpiredToken");
});
