import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  CognitoIdentityClient,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  GetOpenIdTokenCommand,
  InvalidIdentityPoolConfigurationException,
  InvalidParameterException,
  NotAuthorizedException,
  ResourceNotFoundException,
  UnlinkIdentityCommand,
} from "@aws-sdk/client-cognito-identity";
import { openDoor } from "../door-fixture.ts";
import { poolIds } from "../identity-fixture.ts";

type Door = Awaited<ReturnType<typeof openDoor>>;
let door: Door;
let client: CognitoIdentityClient;
let inside: CognitoIdentityClient;

beforeAll(async () => {
  door = await openDoor();
  const options = { region: "eu-central-1", maxAttempts: 1 };
  client = new CognitoIdentityClient({ ...options, endpoint: door.edgeUrl });
  inside = new CognitoIdentityClient({ ...options, endpoint: door.url });
});
afterAll(() => door.close());

async function problemOf(asked: Promise<unknown>): Promise<Error> {
  return asked.then(
    () => {
      throw new Error("was answered");
    },
    (error: Error) => error,
  );
}

async function giveId(poolId: string = poolIds.guests): Promise<string> {
  return (await client.send(new GetIdCommand({ IdentityPoolId: poolId }))).IdentityId!;
}

describe("a guest, without a signature and at the edge", () => {
  test("comes to an identity and to credentials", async () => {
    const IdentityId = await giveId();
    expect(IdentityId).toMatch(/^eu-central-1:[0-9a-f-]{36}$/);
    const answer = await client.send(new GetCredentialsForIdentityCommand({ IdentityId }));
    expect(answer.IdentityId).toBe(IdentityId);
    const { AccessKeyId, SecretKey, SessionToken, Expiration } = answer.Credentials!;
    expect(AccessKeyId).toMatch(/^ASIA/);
    expect(SecretKey).toHaveLength(40);
    expect(SessionToken!.length).toBeGreaterThan(100);
    expect(Expiration!.getTime()).toBe(door.clock.now() + 3_600_000);
  });

  test("comes to the same at the API door", async () => {
    const { IdentityId } = await inside.send(new GetIdCommand({ IdentityPoolId: poolIds.guests }));
    const answer = await client.send(new GetCredentialsForIdentityCommand({ IdentityId }));
    expect(answer.IdentityId).toBe(IdentityId!);
  });

  test("is told what is not there", async () => {
    const absent = "eu-central-1:99999999-9999-4999-8999-999999999999";
    const pool = await problemOf(giveId(absent));
    expect(pool).toBeInstanceOf(ResourceNotFoundException);
    expect(pool.message).toBe(`IdentityPool '${absent}' not found.`);
    const ask = new GetCredentialsForIdentityCommand({ IdentityId: absent });
    const identity = await problemOf(client.send(ask));
    expect(identity).toBeInstanceOf(ResourceNotFoundException);
    expect(identity.message).toBe(`Identity '${absent}' not found.`);
  });

  test("gets nothing from a pool without guests or without a role", async () => {
    const closed = await problemOf(giveId(poolIds.members));
    expect(closed).toBeInstanceOf(NotAuthorizedException);
    expect(closed.message).toBe("Unauthenticated access is not supported for this identity pool.");
    const IdentityId = await giveId(poolIds.roleless);
    const ask = new GetCredentialsForIdentityCommand({ IdentityId });
    const problem = await problemOf(client.send(ask));
    expect(problem).toBeInstanceOf(InvalidIdentityPoolConfigurationException);
  });

  test("is told by name what is not implemented", async () => {
    const ask = new GetOpenIdTokenCommand({ IdentityId: await giveId() });
    const classic = await problemOf(client.send(ask));
    expect(classic).toBeInstanceOf(InvalidParameterException);
    expect(classic.message).toBe("Basic (classic) flow is not enabled, please use enhanced flow.");
    const Logins = { one: "token", other: "token" };
    const several = new GetIdCommand({ IdentityPoolId: poolIds.guests, Logins });
    expect((await problemOf(client.send(several))).message).toBe(
      "More than one login in 'Logins' is not implemented",
    );
    const IdentityId = await giveId();
    const unlink = new UnlinkIdentityCommand({ IdentityId, Logins, LoginsToRemove: ["one"] });
    expect((await problemOf(client.send(unlink))).message).toBe(
      'The operation "UnlinkIdentity" of identity pools is not implemented',
    );
  });

  test("is told that its pool knows no provider", async () => {
    const Logins = { "accounts.google.com": "token" };
    const ask = new GetIdCommand({ IdentityPoolId: poolIds.guests, Logins });
    const problem = await problemOf(client.send(ask));
    expect(problem).toBeInstanceOf(NotAuthorizedException);
    expect(problem.message).toBe("Token is not from a supported provider of this identity pool.");
  });

  test("is told what is wrong with a request", async () => {
    for (const [body, text] of [
      ["{}", "Value null at 'identityPoolId' failed to satisfy constraint"],
      [JSON.stringify({ IdentityPoolId: "x" }), "regular expression pattern"],
      [
        JSON.stringify({ IdentityPoolId: `a:${"0".repeat(60)}` }),
        "length less than or equal to 55",
      ],
      ["[]", "not a JSON object"],
      ["{", "not a JSON object"],
    ] as const) {
      const answer = await post(body);
      expect(answer.status).toBe(400);
      expect((await answer.json()).message).toContain(text);
    }
  });
});

describe("at the edge", () => {
  test("all but these operations is the application's", async () => {
    for (const target of ["DynamoDB_20120810.ListTables", "AWSCognitoIdentityServiceX.GetId", ""]) {
      expect(await (await post("{}", { "x-amz-target": target })).text()).toBe("the application");
    }
    const elsewhere = await fetch(`${door.edgeUrl}/shop`, { method: "POST", headers, body: "{}" });
    expect(await elsewhere.text()).toBe("the application");
    expect(await (await fetch(door.edgeUrl, { headers })).text()).toBe("the application");
  });

  test("pages of this machine may ask from another port, others may not", async () => {
    const preflight = {
      method: "OPTIONS",
      headers: {
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-amz-target",
      },
    };
    const ask = (origin: string) =>
      fetch(door.edgeUrl, { ...preflight, headers: { ...preflight.headers, origin } });
    const near = await ask("http://localhost:5173");
    expect(near.status).toBe(204);
    expect(near.headers.get("access-control-allow-origin")).toBe("http://localhost:5173");
    expect(await (await ask("https://elsewhere.example")).text()).toBe("the application");
    const body = JSON.stringify({ IdentityPoolId: poolIds.guests });
    const foreign = await post(body, { ...headers, origin: "https://elsewhere.example" });
    expect(foreign.headers.has("access-control-allow-origin")).toBe(false);
  });
});

test("a guest does not wait for those who guess tokens at the same address", async () => {
  const own = await openDoor();
  const guess = new URLSearchParams({
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn: "arn:aws:iam::111122223333:role/Clerk",
    RoleSessionName: "guess",
    WebIdentityToken: "no.such.token",
  });
  for (let done = 0; done <= failuresFree; done += 1) {
    await fetch(own.url, { method: "POST", body: guess });
  }
  const waiting = new AbortController();
  const late = fetch(own.url, { method: "POST", body: guess, signal: waiting.signal });
  const body = JSON.stringify({ IdentityPoolId: poolIds.guests });
  const answer = await fetch(own.edgeUrl, { method: "POST", headers, body });
  expect(answer.status).toBe(200);
  waiting.abort();
  expect(await late.catch(() => "waited")).toBe("waited");
  await own.close();
});

const failuresFree = 10;

const headers = {
  "content-type": "application/x-amz-json-1.1",
  "x-amz-target": "AWSCognitoIdentityService.GetId",
};

function post(body: string, more: Record<string, string> = headers): Promise<Response> {
  return fetch(door.edgeUrl, { method: "POST", headers: more, body });
}
