/** Logins at an OpenID Connect provider, by the official clients. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CognitoIdentityClient,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  GetOpenIdTokenCommand,
} from "@aws-sdk/client-cognito-identity";
import {
  AssumeRoleWithWebIdentityCommand,
  type AssumeRoleWithWebIdentityCommandInput,
  GetCallerIdentityCommand,
  STSClient,
  type STSClientConfig,
} from "@aws-sdk/client-sts";
import { fromCognitoIdentityPool, fromWebToken } from "@aws-sdk/credential-providers";
import { createRemoteJWKSet, jwtVerify } from "jose";
import mqtt from "mqtt";
import { signedAddress } from "../guest.ts";
import { type Server, startServer } from "../harness.ts";
import { type Issuer, startIssuer } from "./issuer.ts";

const region = "us-east-1";
const template = "conformance/fixtures/members/template.yaml";
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-members-"));
let issuer: Issuer;
let server: Server;
let cognito: CognitoIdentityClient;
let poolId: string;

async function start(at?: Server): Promise<void> {
  const flags = ["--parameter", `IssuerUrl=${issuer.url}`, "--anonymous", "api"];
  server = await startServer({ template, dataFolder, flags, ...(at && { at }) });
  cognito = new CognitoIdentityClient({ endpoint: server.edge, region, maxAttempts: 1 });
}

beforeAll(async () => {
  issuer = await startIssuer();
  await start();
  // Made from the names of stack and resource.
  poolId = `${region}:13a638cd-ff06-4dcf-8ea8-d843860389ed`;
});

afterAll(async () => {
  await server?.stop();
  issuer?.stop();
  rmSync(dataFolder, { recursive: true });
});

const logins = async (claims: object = {}) => ({ [issuer.name]: await issuer.token(claims) });

async function identify(Logins?: Record<string, string>): Promise<string> {
  const ask = new GetIdCommand({ IdentityPoolId: poolId, ...(Logins && { Logins }) });
  return (await cognito.send(ask)).IdentityId!;
}

async function credentialsOf(IdentityId: string, Logins?: Record<string, string>) {
  const ask = new GetCredentialsForIdentityCommand({ IdentityId, ...(Logins && { Logins }) });
  const { Credentials } = await cognito.send(ask);
  const { AccessKeyId, SecretKey, SessionToken } = Credentials!;
  return {
    accessKeyId: AccessKeyId!,
    secretAccessKey: SecretKey!,
    sessionToken: SessionToken!,
  };
}

async function problemOf(asked: Promise<unknown>): Promise<Error> {
  return asked.then(
    () => new Error("was answered"),
    (error: Error) => error,
  );
}

async function denials() {
  const answer = await (await fetch(`${server.api}/_millrace/denials`)).json();
  return answer.denials as { readonly action: string; readonly reason: string }[];
}

describe("a login", () => {
  test("has one identity, over a restart too, and its role's credentials", async () => {
    const id = await identify(await logins());
    expect(await identify(await logins({ sub: "ben" }))).not.toBe(id);
    await server.kill();
    await start(server);
    expect(await identify(await logins())).toBe(id);
    const credentials = await credentialsOf(id, await logins());
    const sts = new STSClient({ endpoint: server.api, region, credentials });
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe("arn:aws:sts::000000000000:assumed-role/Member/CognitoIdentityCredentials");
  });

  test("is proved each time, and told why when it is not", async () => {
    const id = await identify(await logins());
    const alone = await problemOf(credentialsOf(id));
    expect(alone.name).toBe("NotAuthorizedException");
    expect(alone.message).toBe(`Access to Identity '${id}' is forbidden.`);
    const others = await problemOf(credentialsOf(id, await logins({ sub: "ben" })));
    expect(others.name).toBe("NotAuthorizedException");
    for (const [claims, text] of [
      [{ aud: "other" }, 'unexpected "aud" claim value'],
      [{ iss: "http://127.0.0.1:1" }, 'unexpected "iss" claim value'],
    ] as const) {
      const problem = await problemOf(identify(await logins(claims)));
      expect(problem.name).toBe("NotAuthorizedException");
      expect(problem.message).toContain(text);
    }
    const elsewhere = { "accounts.google.com": await issuer.token() };
    expect((await problemOf(identify(elsewhere))).message).toBe(
      "Token is not from a supported provider of this identity pool.",
    );
    const [last] = await denials();
    expect(last).toMatchObject({
      action: "cognito-identity:GetId",
      reason: expect.stringContaining("the login token is not taken"),
    });
    expect(server.log()).not.toContain((await issuer.token()).split(".")[0]!);
  });

  test("may do nothing on the broker without an IoT policy of its own, as on AWS", async () => {
    const id = await identify(await logins());
    const credentials = await credentialsOf(id, await logins());
    const address = await signedAddress(server.websocket, credentials);
    const options = { clientId: "ann-1", reconnectPeriod: 0 };
    const refusal = await problemOf(mqtt.connectAsync(address, options));
    expect(refusal).toMatchObject({ code: 5 });
    const told = (await denials()).find(({ action }) => action === "iot:Connect");
    expect(told?.reason).toContain("IoT polic");
  });
});

describe("the classic flow", () => {
  const take = (door: string, input: Partial<AssumeRoleWithWebIdentityCommandInput>) => {
    // Without credentials, as in a browser that has none yet.
    const sts = new STSClient({ endpoint: door, region, maxAttempts: 1 });
    const RoleArn = "arn:aws:iam::000000000000:role/Member";
    const RoleSessionName = "web";
    const all = { RoleArn, RoleSessionName, WebIdentityToken: undefined, ...input };
    return sts.send(new AssumeRoleWithWebIdentityCommand(all));
  };

  async function tokenOf(IdentityId: string, Logins?: Record<string, string>): Promise<string> {
    const ask = new GetOpenIdTokenCommand({ IdentityId, ...(Logins && { Logins }) });
    return (await cognito.send(ask)).Token!;
  }

  test("gives a token of ours, with which a role is taken, at either door", async () => {
    const id = await identify(await logins());
    const WebIdentityToken = await tokenOf(id, await logins());
    const keys = createRemoteJWKSet(new URL(`${server.api}/.well-known/jwks_uri`));
    const { payload } = await jwtVerify(WebIdentityToken, keys, {
      issuer: "https://cognito-identity.amazonaws.com",
      audience: poolId,
    });
    expect(payload).toMatchObject({ sub: id, amr: ["authenticated", issuer.name] });
    for (const door of [server.api, server.edge]) {
      const { Credentials, ...more } = await take(door, { WebIdentityToken });
      expect(more).toMatchObject({
        SubjectFromWebIdentityToken: id,
        Audience: poolId,
        Provider: "cognito-identity.amazonaws.com",
        AssumedRoleUser: { Arn: "arn:aws:sts::000000000000:assumed-role/Member/web" },
      });
      const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials!;
      const sts = new STSClient({
        endpoint: server.api,
        region,
        credentials: {
          accessKeyId: AccessKeyId!,
          secretAccessKey: SecretAccessKey!,
          sessionToken: SessionToken!,
        },
      });
      const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
      expect(Arn).toBe("arn:aws:sts::000000000000:assumed-role/Member/web");
    }
  });

  test("lets a guest take the guests' role, and no other", async () => {
    const WebIdentityToken = await tokenOf(await identify());
    const denied = await problemOf(take(server.edge, { WebIdentityToken }));
    expect(denied.name).toBe("AccessDenied");
    const RoleArn = "arn:aws:iam::000000000000:role/Guest";
    expect((await take(server.edge, { WebIdentityToken, RoleArn })).Credentials).toBeDefined();
    const absent = "arn:aws:iam::000000000000:role/Nobody";
    const none = await problemOf(take(server.edge, { WebIdentityToken, RoleArn: absent }));
    expect(none.message).toBe(denied.message);
  });

  test("takes the provider's own token where a role trusts the provider", async () => {
    const RoleArn = "arn:aws:iam::000000000000:role/Direct";
    const WebIdentityToken = await issuer.token();
    const { Provider, SubjectFromWebIdentityToken } = await take(server.api, {
      RoleArn,
      WebIdentityToken,
    });
    expect(SubjectFromWebIdentityToken).toBe("ann");
    expect(Provider).toBe(`arn:aws:iam::000000000000:oidc-provider/${issuer.name}`);
    const foreign = await issuer.token({ iss: "http://127.0.0.1:1" });
    const refused = await problemOf(take(server.api, { RoleArn, WebIdentityToken: foreign }));
    expect(refused.name).toBe("InvalidIdentityTokenException");
    const named = await problemOf(
      take(server.api, { RoleArn, WebIdentityToken, ProviderId: "www.amazon.com" }),
    );
    expect(named.message).toBe("The parameter 'ProviderId' is not implemented");
  });
});

describe("a program with the official credential providers", () => {
  const whoIs = async (credentials: NonNullable<STSClientConfig["credentials"]>) => {
    const sts = new STSClient({ endpoint: server.api, region, credentials });
    return (await sts.send(new GetCallerIdentityCommand({}))).Arn;
  };

  test("is a guest, or somebody with a login, at one call", async () => {
    const clientConfig = { endpoint: server.edge, region };
    const identityPoolId = poolId;
    const guest = fromCognitoIdentityPool({ clientConfig, identityPoolId });
    expect(await whoIs(guest)).toContain(":assumed-role/Guest/CognitoIdentityCredentials");
    const named = await logins();
    const member = fromCognitoIdentityPool({ clientConfig, identityPoolId, logins: named });
    expect(await whoIs(member)).toContain(":assumed-role/Member/CognitoIdentityCredentials");
  });

  test("takes a role with the provider's token", async () => {
    const credentials = fromWebToken({
      roleArn: "arn:aws:iam::000000000000:role/Direct",
      roleSessionName: "program",
      webIdentityToken: await issuer.token(),
      clientConfig: { endpoint: server.api, region },
    });
    expect(await whoIs(credentials)).toContain(":assumed-role/Direct/program");
  });
});

test("at the edge a form of the application's is the application's", async () => {
  const body = new URLSearchParams({ Action: "AssumeRoleWithWebIdentity", Version: "2011-06-15" });
  const answer = await fetch(server.edge, { method: "POST", body });
  expect(answer.headers.get("content-type")).not.toBe("text/xml");
});

test("whoever sends one bad token after the other is slowed", async () => {
  const bad = { [issuer.name]: "a.b.c" };
  const ask = () => Promise.all(Array.from({ length: 60 }, () => problemOf(identify(bad))));
  const names = [...(await ask()), ...(await ask())].map(({ name }) => name);
  expect(new Set(names)).toEqual(new Set(["NotAuthorizedException", "TooManyRequestsException"]));
  const figures = await (await fetch(`${server.api}/metrics`)).text();
  expect(figures).toMatch(/millrace_authentication_unseen_total [1-9]/);
  expect(figures).toMatch(/millrace_authentication_slowed_total [1-9]/);
});
