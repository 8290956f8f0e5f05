import { describe, expect, test } from "bun:test";
import { silentLogger, systemRandom } from "../../base/mod.ts";
import { type CompiledPolicy, compilePolicy, parsePolicyDocument } from "../../policy/mod.ts";
import { type Caller, callAs } from "../caller.ts";
import type { RoleDefinition } from "../definitions.ts";
import { Denials } from "../denials.ts";
import { makeSecret } from "../deployment-secret.ts";
import { startDevices } from "../devices/devices-fixture.ts";
import { Identities } from "../identities.ts";
import { memoryKeyStore } from "../key-store.ts";
import { MqttAccess } from "../mqtt-access.ts";
import type { SessionCredentials } from "../sessions/session-credentials.ts";
import { admitSigned } from "./member-access.ts";
import { openLogins, provider } from "./provider-fixture.ts";
import type { RoleMapping } from "./role-mapping.ts";

const region = "eu-central-1";
const account = { partition: "aws", region, accountId: "111122223333" };
const poolId = `${region}:11111111-1111-4111-8111-111111111111`;
const otherPoolId = `${region}:22222222-2222-4222-8222-222222222222`;
const guestsPoolId = `${region}:33333333-3333-4333-8333-333333333333`;
const sourceIp = "192.0.2.7";
const arns = `arn:aws:iot:${region}:111122223333`;
const providerArn = `arn:aws:iam::111122223333:oidc-provider/${provider.name}`;
const secret = makeSecret(systemRandom);

function document(statement: object, use: "trust" | "identity" | "iot") {
  const parsed = parsePolicyDocument({ Version: "2012-10-17", Statement: statement }, use);
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
  return parsed.document;
}

function role(name: string, federated: string, condition: object): RoleDefinition {
  const trust = {
    Effect: "Allow",
    Principal: { Federated: federated },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: condition,
  };
  const mayAll = { Effect: "Allow", Action: "iot:*", Resource: "*" };
  return {
    name,
    arn: `arn:aws:iam::111122223333:role/${name}`,
    trust: document(trust, "trust"),
    policies: [{ name: "all", document: document(mayAll, "identity") }],
  };
}

const pools = "cognito-identity.amazonaws.com";
const memberRole = role("Member", pools, {
  StringEquals: { [`${pools}:aud`]: [poolId, otherPoolId] },
  "ForAnyValue:StringLike": { [`${pools}:amr`]: "authenticated" },
});
const guestRole = role("Guest", pools, {
  "ForAnyValue:StringLike": { [`${pools}:amr`]: "unauthenticated" },
});
const directRole = role("Direct", providerArn, {
  StringEquals: { [`${provider.name}:aud`]: "shop", [`${provider.name}:sub`]: "ann" },
});

function open(roleMappings: readonly RoleMapping[] = [], more: { allowsGuests?: boolean } = {}) {
  const logins = openLogins();
  const { clock, fetchJson } = logins;
  const attached: Record<string, readonly CompiledPolicy[]> = {};
  const none: readonly CompiledPolicy[] = [];
  const roles = { guestRoleArn: guestRole.arn, memberRoleArn: memberRole.arn };
  const both = { ...roles, name: "p", allowsGuests: true, allowsClassicFlow: true, ...more };
  const identities = new Identities({
    account,
    secret,
    keys: memoryKeyStore(),
    roles: [memberRole, guestRole, directRole],
    pools: [
      { ...both, id: poolId, providers: [provider], roleMappings },
      { ...both, id: otherPoolId, providers: [provider], allowsClassicFlow: false },
      { ...both, id: guestsPoolId },
    ],
    clock,
    random: systemRandom,
    logins: {
      providers: [{ ...provider, arn: providerArn }],
      fetchJson,
      iotPoliciesOf: (identityId) => attached[identityId] ?? none,
      logger: silentLogger,
    },
  });
  const login = async (more: object = {}) => ({ [provider.name]: await logins.token(more) });
  const identify = async (more: object = {}, pool = poolId) => {
    const result = await identities.members.identify(pool, await login(more));
    if (!result.ok) throw new Error(result.problem.kind);
    return result.value;
  };
  return { ...logins, identities, login, identify, attached };
}

/** Whom a request is from that is signed with these credentials. */
function callerOf(identities: Identities, keys: SessionCredentials): Caller {
  const opening = identities.sessions.open(keys.accessKeyId, keys.sessionToken);
  const { grant } = opening.ok ? opening : raise("the session does not open");
  const role = identities.roles.byName(grant.roleName ?? "") ?? raise("there is no such role");
  const limits = { iot: identities.iotPoliciesOf(grant.keys) };
  return callAs(role, account, { accessKeyId: keys.accessKeyId, grant, keys: {}, limits });
}

function raise(text: string): never {
  throw new Error(text);
}

async function kindOf(asked: Promise<{ ok: boolean; problem?: { kind: string } }>) {
  const result = await asked;
  return result.ok ? "given" : result.problem?.kind;
}

describe("the identity of a login", () => {
  test("is the same each time, in each process, and another for whatever differs", async () => {
    const { identify, clock } = open();
    const id = await identify();
    expect(id).toMatch(/^eu-central-1:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
    clock.advance(300_000);
    expect(await identify({ aud: "app" })).toBe(id);
    expect(await open().identify()).toBe(id);
    const others = [await identify({ sub: "ben" }), await identify({}, otherPoolId)];
    expect(new Set([id, ...others]).size).toBe(3);
  });

  test("is given for one login that the pool knows, and nothing else", async () => {
    const { identities, login, token } = open();
    const { members } = identities;
    const ask = async (logins: Record<string, string>, pool = poolId) =>
      kindOf(members.identify(pool, logins));
    expect(await ask(await login(), "eu-central-1:nowhere")).toBe("no-pool");
    expect(await ask(await login(), guestsPoolId)).toBe("no-provider");
    expect(await ask({ "accounts.google.com": await token() })).toBe("no-provider");
    expect(await ask({ ...(await login()), other: "x" })).toBe("several-logins");
    expect(await ask({ [provider.name]: "x" })).toBe("token");
    expect(await ask(await login({ aud: "other" }))).toBe("token");
  });
});

describe("credentials of a member", () => {
  test("stand for the role, with how the identity was proved", async () => {
    const { identities, login, identify } = open();
    const id = await identify();
    const result = await identities.members.credentialsFor(id, { logins: await login(), sourceIp });
    if (!result.ok) throw new Error(result.problem.kind);
    const { accessKeyId, sessionToken } = result.value;
    expect(identities.sessions.open(accessKeyId, sessionToken)).toMatchObject({
      ok: true,
      grant: {
        roleName: "Member",
        keys: {
          [`${pools}:sub`]: id,
          [`${pools}:aud`]: poolId,
          [`${pools}:amr`]: ["authenticated", provider.name],
        },
      },
    });
  });

  test("are for whoever proves the login, each time", async () => {
    const { identities, login, identify, clock, token } = open();
    const { members, guests } = identities;
    const id = await identify();
    const ask = async (logins: Record<string, string>, identity = id) =>
      kindOf(members.credentialsFor(identity, { logins, sourceIp }));
    expect(guests.credentialsFor(id, sourceIp)).toMatchObject({
      problem: { kind: "login-missing", identityId: id },
    });
    expect(await ask(await login({ sub: "ben" }))).toBe("other-login");
    expect(await ask(await login(), await identify({ sub: "ben" }))).toBe("other-login");
    const guest = guests.identify(poolId);
    expect(await ask(await login(), guest.ok ? guest.value : "")).toBe("other-login");
    expect(await ask(await login(), `${id.slice(0, -1)}${id.endsWith("0") ? "1" : "0"}`)).toBe(
      "no-identity",
    );
    const old = { [provider.name]: await token() };
    clock.advance(660_000);
    expect(await ask(old)).toBe("token");
    expect(await ask(await login())).toBe("given");
  });
});

test("a member takes the role that its claims are mapped to, where its trust policy lets it", async () => {
  const { identities, login, identify } = open([
    {
      provider: provider.name,
      clientId: "app",
      deniesUndecided: false,
    },
    {
      provider: provider.name,
      deniesUndecided: true,
      rules: [
        { claim: "team", match: "Equals", value: "red", roleArn: memberRole.arn },
        { claim: "team", match: "Equals", value: "blue", roleArn: guestRole.arn },
      ],
    },
  ]);
  const id = await identify();
  const ask = async (claims: object, customRoleArn?: string) => {
    const wish = { logins: await login(claims), sourceIp, customRoleArn };
    const result = await identities.members.credentialsFor(id, wish);
    if (!result.ok) return result.problem.kind;
    const { accessKeyId, sessionToken } = result.value;
    const opening = identities.sessions.open(accessKeyId, sessionToken);
    return opening.ok ? opening.grant.roleName : opening.problem;
  };
  expect(await ask({ team: "red" })).toBe("Member");
  expect(await ask({ team: "blue" })).toBe("no-role"); // trusts guests alone
  expect(await ask({})).toBe("no-role");
  expect(await ask({ aud: "app" })).toBe("Member");
  const roles = { aud: "app", "cognito:roles": [memberRole.arn, guestRole.arn] };
  expect(await ask(roles, memberRole.arn)).toBe("Member");
  expect(await ask(roles, directRole.arn)).toBe("custom-role");
});

describe("on the broker", () => {
  test("a member may do what both its role and its own IoT policies allow", async () => {
    const { identities, login, identify, attached, clock } = open();
    const denials = new Denials({ clock, logger: silentLogger });
    const access = new MqttAccess({ account, denials, clock });
    const id = await identify();
    const result = await identities.members.credentialsFor(id, { logins: await login(), sourceIp });
    if (!result.ok) throw new Error(result.problem.kind);
    let version = 0;
    const { things } = (await startDevices({ clock })).devices;
    const door = { identities, access, things, version: () => version };
    const enter = () => {
      const caller = callerOf(identities, result.value);
      return admitSigned(door, caller, {
        clientId: "ann-1",
        persistent: false,
        willTopic: undefined,
      });
    };
    expect(enter()).toEqual({ allowed: false, principal: id });
    expect(denials.list().denials[0]?.reason).toContain("IoT polic");
    const statement = {
      Effect: "Allow",
      Action: ["iot:Connect", "iot:Publish"],
      Resource: [`${arns}:client/*`, `${arns}:topic/own/\${cognito-identity.amazonaws.com:sub}`],
    };
    attached[id] = [compilePolicy("own", document(statement, "iot"))];
    const admitted = enter();
    if (!admitted.allowed) throw new Error("refused");
    expect(admitted.access.mayPublish(`own/${id}`, false)).toBe(true);
    expect(admitted.access.mayPublish("own/other", false)).toBe(false);
    expect(admitted.access.maySubscribe("own/other")).toBe(false);
    // What is attached or taken away counts on the open connection, from its next packet on.
    const wider = { Effect: "Allow", Action: "iot:*", Resource: "*" };
    attached[id] = [...attached[id], compilePolicy("wider", document(wider, "iot"))];
    version += 1;
    expect(admitted.access.maySubscribe("own/other")).toBe(true);
    attached[id] = [];
    version += 1;
    expect(admitted.access.mayPublish(`own/${id}`, false)).toBe(false);
  });

  /** "attached to the certificate or Amazon Cognito identity" [IoT: thing policy variables] */
  test("a member's policies know the thing that its identity is attached to", async () => {
    const { identities, login, identify, attached, clock } = open();
    const denials = new Denials({ clock, logger: silentLogger });
    const access = new MqttAccess({ account, denials, clock });
    const { devices } = await startDevices({ clock });
    const { things } = devices;
    const id = await identify();
    const result = await identities.members.credentialsFor(id, { logins: await login(), sourceIp });
    if (!result.ok) throw new Error(result.problem.kind);
    const version = () => devices.shelves.ledger.version;
    const door = { identities, access, things, version };
    const enter = (clientId: string) => {
      const connect = { clientId, persistent: false, willTopic: undefined };
      return admitSigned(door, callerOf(identities, result.value), connect);
    };
    const variable = (key: string) => `\${iot:Connection.Thing.${key}}`;
    const statement = {
      Effect: "Allow",
      Action: ["iot:Connect", "iot:Publish"],
      Resource: [`${arns}:client/*`, `${arns}:topic/${variable("Attributes[room]")}`],
      Condition: { Bool: { "iot:Connection.Thing.IsAttached": "true" } },
    };
    attached[id] = [compilePolicy("of-thing", document(statement, "iot"))];
    await things.create("lamp", { attributes: { room: "hall" } });
    expect(enter("lamp").allowed).toBe(false);
    await things.attach("lamp", id, { exclusive: false });
    expect(enter("other")).toEqual({ allowed: false, principal: id });
    const admitted = enter("lamp");
    if (!admitted.allowed) throw new Error("refused");
    expect(admitted.thing).toEqual({ name: "lamp", isExclusive: false });
    expect(admitted.access.mayPublish("hall", false)).toBe(true);
    await things.update("lamp", { attributes: { room: "attic" } });
    expect(admitted.access.mayPublish("hall", false)).toBe(false);
    expect(admitted.access.mayPublish("attic", false)).toBe(true);
    await things.detach("lamp", id);
    expect(admitted.access.mayPublish("attic", false)).toBe(false);
  });
});

describe("a token of ours", () => {
  test("lets a member, or a guest, take a role that trusts the pool", async () => {
    const { identities, login, identify, clock } = open();
    const { members, guests, webIdentities, roles } = identities;
    const id = await identify();
    const asMember = await members.openIdToken(id, await login());
    const guestId = guests.identify(poolId);
    const asGuest = await guests.openIdToken(guestId.ok ? guestId.value : "");
    if (!asMember.ok || !asGuest.ok) throw new Error("refused");
    const take = async (token: string, roleName: string) => {
      const found = await webIdentities.identify(token);
      if (!found.ok) return found.problem.kind;
      const role = roles.byName(roleName);
      const wish = { role, sessionName: "web", seconds: 900, sourceIp };
      return webIdentities.take(found.identity, wish) ? found.identity.subject : "refused";
    };
    expect(await take(asMember.value, "Member")).toBe(id);
    expect(await take(asMember.value, "Guest")).toBe("refused");
    expect(await take(asGuest.value, "Guest")).toBe(guestId.ok ? guestId.value : "");
    expect(await take(asGuest.value, "Member")).toBe("refused");
    expect(await take(asGuest.value, "Nobody")).toBe("refused");
    const [head, body, signature] = asMember.value.split(".");
    const claims = JSON.parse(Buffer.from(body!, "base64url").toString());
    const changed = Buffer.from(JSON.stringify({ ...claims, sub: "x" })).toString("base64url");
    expect(await take(`${head}.${changed}.${signature}`, "Member")).toBe("invalid");
    clock.advance(600_000);
    expect(await take(asMember.value, "Member")).toBe("expired");
  });

  test("of a guest is worth nothing where guests are allowed no more", async () => {
    const before = open();
    const guest = before.identities.guests.identify(poolId);
    const token = await before.identities.guests.openIdToken(guest.ok ? guest.value : "");
    const member = await before.identify();
    const ofMember = await before.identities.members.openIdToken(member, await before.login());
    if (!token.ok || !ofMember.ok) throw new Error("refused");
    const { webIdentities } = open([], { allowsGuests: false }).identities;
    expect(await webIdentities.identify(token.value)).toMatchObject({
      problem: { kind: "invalid", reason: "its pool has no guests any more" },
    });
    expect((await webIdentities.identify(ofMember.value)).ok).toBe(true);
  });

  test("is not given where the pool has no classic flow", async () => {
    const { identities, login, identify } = open();
    const id = await identify({}, otherPoolId);
    expect(await kindOf(identities.members.openIdToken(id, await login()))).toBe("no-classic-flow");
    const guest = identities.guests.identify(otherPoolId);
    expect(await kindOf(identities.guests.openIdToken(guest.ok ? guest.value : ""))).toBe(
      "no-classic-flow",
    );
  });

  test("is signed with a key that follows from the secret", async () => {
    const [one, other] = [open().identities.ownTokens, open().identities.ownTokens];
    expect(one.keySet).toEqual(other.keySet);
    expect(Object.keys(one.keySet.keys[0]!)).not.toContain("d");
  });
});

test("a provider's own token lets whom the role names take it, and nobody else", async () => {
  const { identities, token } = open();
  const { webIdentities, roles } = identities;
  const take = async (more: object) => {
    const found = await webIdentities.identify(await token(more));
    if (!found.ok) return found.problem.kind;
    const wish = { role: roles.byName("Direct"), sessionName: "web", seconds: 900, sourceIp };
    return webIdentities.take(found.identity, wish) ? "given" : "refused";
  };
  expect(await take({})).toBe("given");
  expect(await take({ sub: "ben" })).toBe("refused");
  expect(await take({ aud: "app" })).toBe("refused");
  expect(await take({ iss: "https://elsewhere.test" })).toBe("invalid");
  expect(await take({ iss: "https://cognito-identity.amazonaws.com" })).toBe("invalid");
});
