import { afterAll, describe, expect, test } from "bun:test";
import { createHash, createHmac } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { ManualClock, systemRandom } from "../base/mod.ts";
import { parsePolicyDocument } from "../policy/mod.ts";
import type { RoleDefinition } from "./definitions.ts";
import { type DeploymentSecret, makeSecret, openSecret } from "./deployment-secret.ts";
import { Identities } from "./identities.ts";
import { memoryKeyStore, openKeyStore } from "./key-store.ts";
import { lifetimes } from "./limits.ts";
import type { SessionCredentials } from "./sessions/session-credentials.ts";

const account = { partition: "aws", region: "eu-central-1", accountId: "111122223333" };
const poolId = "eu-central-1:11111111-1111-4111-8111-111111111111";
const otherPoolId = "eu-central-1:22222222-2222-4222-8222-222222222222";
const startMs = Date.UTC(2026, 0, 2, 3, 4, 5);
const folder = mkdtempSync(join(tmpdir(), "millrace-identity-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function document(text: object, use: "trust" | "identity") {
  const parsed = parsePolicyDocument({ Version: "2012-10-17", ...text }, use);
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
  return parsed.document;
}

const guestRole: RoleDefinition = {
  name: "Guest",
  arn: "arn:aws:iam::111122223333:role/Guest",
  trust: document(
    {
      Statement: {
        Effect: "Allow",
        Principal: { Federated: "cognito-identity.amazonaws.com" },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: { "cognito-identity.amazonaws.com:aud": poolId },
          "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": "unauthenticated" },
        },
      },
    },
    "trust",
  ),
  policies: [
    {
      name: "guest",
      document: document(
        { Statement: { Effect: "Allow", Action: "iot:Connect", Resource: "*" } },
        "identity",
      ),
    },
  ],
};

function open(
  secret = makeSecret(systemRandom),
  { clock = new ManualClock(startMs), role = guestRole, keys = memoryKeyStore() } = {},
) {
  const identities = new Identities({
    account,
    secret,
    keys,
    roles: [role],
    pools: [
      { id: poolId, name: "guests", allowsGuests: true, guestRoleArn: guestRole.arn },
      { id: otherPoolId, name: "others", allowsGuests: true, guestRoleArn: guestRole.arn },
    ],
    clock,
    random: systemRandom,
  });
  return { identities, clock, secret };
}

function identify(identities: Identities, pool = poolId): string {
  const identified = identities.guests.identify(pool);
  if (!identified.ok) throw new Error(identified.problem.kind);
  return identified.value;
}

function guestOf(identities: Identities): SessionCredentials {
  const credentials = identities.guests.credentialsFor(
    identify(identities),
    circumstances.sourceIp,
  );
  if (!credentials.ok) throw new Error(credentials.problem.kind);
  return credentials.value;
}

type Keys = Pick<SessionCredentials, "accessKeyId" | "secretAccessKey"> & { sessionToken?: string };

/** A presigned upgrade, made step by step as the guide of AWS IoT has it. */
function signed(keys: Keys, scope = "eu-central-1/iotdevicegateway") {
  const [region = "", service = ""] = scope.split("/");
  const [date, at] = ["20260102", "20260102T030405Z"];
  const credential = encodeURIComponent(`${keys.accessKeyId}/${date}/${scope}/aws4_request`);
  const query =
    `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${credential}` +
    `&X-Amz-Date=${at}&X-Amz-SignedHeaders=host`;
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  const canonical = `GET\n/mqtt\n${query}\nhost:localhost\n\nhost\n${hash("")}`;
  const steps = [date, region, service, "aws4_request"];
  const hmac = (key: string | Buffer, text: string) =>
    createHmac("sha256", key).update(text).digest();
  const key = steps.reduce<string | Buffer>(hmac, `AWS4${keys.secretAccessKey}`);
  const toSign = `AWS4-HMAC-SHA256\n${at}\n${date}/${scope}/aws4_request\n${hash(canonical)}`;
  const signature = hmac(key, toSign).toString("hex");
  const token = keys.sessionToken ? `&X-Amz-Security-Token=${keys.sessionToken}` : "";
  return {
    method: "GET",
    path: "/mqtt",
    query: `${query}&X-Amz-Signature=${signature}${token}`,
    headers: new Headers({ host: "localhost" }),
  };
}

const circumstances = { sourceIp: "192.0.2.7", services: ["iotdevicegateway"] };

function problemOf(identities: Identities, request: ReturnType<typeof signed>) {
  const result = identities.authenticate(request, circumstances);
  return result.ok ? undefined : result.problem.code;
}

describe("a guest", () => {
  test("is known by its signature: as whom, in which role, with which keys", () => {
    const { identities } = open();
    const sub = identify(identities);
    const credentials = identities.guests.credentialsFor(sub, circumstances.sourceIp);
    if (!credentials.ok) throw new Error(credentials.problem.kind);
    const result = identities.authenticate(signed(credentials.value), circumstances);
    if (!result.ok) throw new Error(result.problem.message);
    const { caller } = result;
    const arn = "arn:aws:sts::111122223333:assumed-role/Guest/CognitoIdentityCredentials";
    expect(caller).toMatchObject({ name: sub, arn, accessKeyId: credentials.value.accessKeyId });
    expect(caller.keys).toMatchObject({
      "cognito-identity.amazonaws.com:sub": sub,
      "cognito-identity.amazonaws.com:aud": poolId,
      "cognito-identity.amazonaws.com:amr": "unauthenticated",
      "aws:SourceIp": "192.0.2.7",
      "aws:PrincipalArn": guestRole.arn,
    });
  });

  /** [Cognito: IAM roles, access policies] */
  test("does no more than Cognito lets guests, whatever its role may", () => {
    const statement = { Statement: { Effect: "Allow", Action: "*", Resource: "*" } };
    const policies = [{ name: "all", document: document(statement, "identity") }];
    const { identities } = open(undefined, { role: { ...guestRole, policies } });
    const result = identities.authenticate(signed(guestOf(identities)), circumstances);
    if (!result.ok) throw new Error(result.problem.message);
    const outcomeOf = (action: string) => {
      const decision = result.caller.decisions.of(action, "*");
      return decision === "depends" ? decision : decision.outcome;
    };
    for (const name of [
      "iot:Connect",
      "dynamodb:Query",
      "lambda:InvokeFunction",
      "logs:PutLogEvents",
    ])
      expect(outcomeOf(name)).toBe("allowed");
    for (const name of ["sts:AssumeRole", "events:PutEvents", "iam:PassRole", "secretsmanager:*"])
      expect(outcomeOf(name)).toBe("implicitDeny");
  });

  test("has an id that is a UUID of version 4, never twice the same", () => {
    const { identities } = open();
    const ids = Array.from({ length: 100 }, () => identify(identities));
    const form =
      /^eu-central-1:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    for (const id of ids) expect(id).toMatch(form);
    expect(new Set(ids).size).toBe(100);
  });

  test("gets nothing for an id that was not given out, whatever differs", () => {
    const { identities } = open();
    const id = identify(identities);
    const digits = fc.tuple(
      fc.integer({ min: 13, max: id.length - 1 }),
      fc.constantFrom(..."0123456789abcdef"),
    );
    fc.assert(
      fc.property(digits, ([at, digit]) => {
        fc.pre(id[at] !== "-" && id[at] !== digit);
        const changed = id.slice(0, at) + digit + id.slice(at + 1);
        const result = identities.guests.credentialsFor(changed, circumstances.sourceIp);
        return !result.ok && result.problem.kind === "no-identity";
      }),
    );
    for (const foreign of [identify(open().identities), id.replace("central", "west"), "", "x"]) {
      expect(identities.guests.credentialsFor(foreign, circumstances.sourceIp)).toMatchObject({
        ok: false,
        problem: { kind: "no-identity" },
      });
    }
  });

  test("gets a role where and while its trust policy says so", () => {
    const clock = new ManualClock(startMs);
    const trust = document(
      {
        Statement: {
          Effect: "Allow",
          Principal: { Federated: "cognito-identity.amazonaws.com" },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            IpAddress: { "aws:SourceIp": "192.0.2.0/24" },
            DateLessThan: { "aws:CurrentTime": "2026-01-02T04:00:00Z" },
            NumericLessThan: { "aws:EpochTime": String(Date.UTC(2026, 0, 2, 4) / 1_000) },
          },
        },
      },
      "trust",
    );
    const { identities } = open(makeSecret(systemRandom), { clock, role: { ...guestRole, trust } });
    const id = identify(identities);
    expect(identities.guests.credentialsFor(id, "192.0.2.7").ok).toBe(true);
    expect(identities.guests.credentialsFor(id, "198.51.100.7").ok).toBe(false);
    clock.advance(3_600_000);
    expect(identities.guests.credentialsFor(id, "192.0.2.7").ok).toBe(false);
  });

  test("of a pool that the role does not trust gets none of its credentials", () => {
    const { identities } = open();
    const result = identities.guests.credentialsFor(
      identify(identities, otherPoolId),
      circumstances.sourceIp,
    );
    expect(result).toMatchObject({ ok: false, problem: { kind: "no-role" } });
  });
});

describe("temporary credentials", () => {
  test("look like AWS's and are good until they expire, to the millisecond", () => {
    const { identities, clock } = open();
    const { accessKeyId, secretAccessKey, sessionToken } = guestOf(identities);
    expect(accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    clock.advance(lifetimes.guest * 1_000 - 1);
    expect(identities.sessions.open(accessKeyId, sessionToken).ok).toBe(true);
    clock.advance(1);
    expect(identities.sessions.open(accessKeyId, sessionToken)).toEqual({
      ok: false,
      problem: "expired",
    });
  });

  test("with one changed byte, cut, or beside another key are refused", () => {
    const { identities } = open();
    const one = guestOf(identities);
    const other = guestOf(identities);
    const bytes = Buffer.from(one.sessionToken, "base64url");
    const change = fc.tuple(
      fc.integer({ min: 0, max: bytes.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
    );
    fc.assert(
      fc.property(change, ([at, bits]) => {
        const changed = Buffer.from(bytes);
        changed[at] = changed[at]! ^ bits;
        return !identities.sessions.open(one.accessKeyId, changed.toString("base64url")).ok;
      }),
    );
    for (let length = 0; length < bytes.length; length += 1) {
      const cut = bytes.subarray(0, length).toString("base64url");
      expect(identities.sessions.open(one.accessKeyId, cut).ok).toBe(false);
    }
    expect(identities.sessions.open(other.accessKeyId, one.sessionToken).ok).toBe(false);
    expect(open().identities.sessions.open(one.accessKeyId, one.sessionToken).ok).toBe(false);
    const long = "A".repeat(5_000);
    expect(identities.sessions.open(one.accessKeyId, long).ok).toBe(false);
  });

  test("of a role that is no more are worth nothing", () => {
    const { identities } = open();
    const issued = identities.sessions.issue(
      { roleName: "Gone", sessionName: "s", keys: {} },
      lifetimes.guest,
    );
    expect(problemOf(identities, signed(issued))).toBe("UnrecognizedClientException");
  });
});

describe("a signature", () => {
  test("is refused for what is wrong with it", async () => {
    const { identities, clock } = open();
    const root = identities.ownKey();
    const guest = guestOf(identities);
    expect(problemOf(identities, signed(root))).toBeUndefined();
    expect(problemOf(identities, signed(guest))).toBeUndefined();
    const wrong = { ...root, secretAccessKey: guest.secretAccessKey };
    expect(problemOf(identities, signed(wrong))).toBe("InvalidSignatureException");
    const { accessKeyId, secretAccessKey } = guest;
    const tokenless = { accessKeyId, secretAccessKey };
    expect(problemOf(identities, signed(tokenless))).toBe("UnrecognizedClientException");
    expect(problemOf(identities, signed(root, "us-east-1/iotdevicegateway"))).toBe(
      "InvalidSignatureException",
    );
    expect(problemOf(identities, signed(root, "eu-central-1/s3"))).toBe(
      "InvalidSignatureException",
    );
    const bare = { ...signed(root), query: "" };
    expect(problemOf(identities, bare)).toBe("MissingAuthenticationTokenException");
    clock.advance(301_000);
    expect(problemOf(identities, signed(root))).toBe("InvalidSignatureException");
    clock.advance(lifetimes.guest * 1_000);
    expect(problemOf(identities, signed(guest))).toBe("ExpiredTokenException");
  });
});

describe("what is kept", () => {
  test("the secret is its owner's alone, and the same at the next start", async () => {
    const data = join(folder, "data");
    const first = openSecret(data, systemRandom);
    expect(statSync(join(data, "secret")).mode & 0o777).toBe(0o600);
    expect(statSync(data).mode & 0o777).toBe(0o700);
    const second = openSecret(data, systemRandom);
    const { sessionToken, accessKeyId } = guestOf(open(first).identities);
    expect(open(second).identities.sessions.open(accessKeyId, sessionToken).ok).toBe(true);
    truncateSync(join(data, "secret"), 31);
    expect(() => openSecret(data, systemRandom)).toThrow("it is damaged");
  });

  test("the secret's draft is a file of its own, whatever stands in its place", () => {
    const data = join(folder, "planted");
    const elsewhere = join(folder, "elsewhere");
    mkdirSync(data);
    writeFileSync(elsewhere, "untouched");
    symlinkSync(elsewhere, join(data, "secret.new"));
    openSecret(data, systemRandom);
    expect(readFileSync(elsewhere, "utf8")).toBe("untouched");
    expect(lstatSync(join(data, "secret")).isFile()).toBe(true);
    expect(lstatSync(join(data, "secret")).mode & 0o777).toBe(0o600);
  });

  test("an access key comes back with its secret, which stands in no file", () => {
    const data = join(folder, "keys");
    const secret = openSecret(data, systemRandom);
    const made = openWith(secret, data).identities.ownKey();
    expect(openWith(secret, data).identities.ownKey()).toEqual(made);
    const file = join(data, "keys.json");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).toContain(made.accessKeyId);
    expect(readFileSync(file, "utf8")).not.toContain(made.secretAccessKey);
  });

  test("a key that another process makes or revokes is known at once", () => {
    const data = join(folder, "shared");
    const secret = openSecret(data, systemRandom);
    const [server, tool] = [openWith(secret, data), openWith(secret, data)];
    const key = tool.identities.accessKeys.make({ name: "laptop" });
    expect(problemOf(server.identities, signed(key))).toBeUndefined();
    expect(tool.identities.accessKeys.revoke(key.accessKeyId)).toBe(true);
    expect(problemOf(server.identities, signed(key))).toBe("UnrecognizedClientException");
    expect(server.identities.gaveOut(key.accessKeyId)).toBe(true);
    expect(tool.identities.accessKeys.revoke(key.accessKeyId)).toBe(false);
  });

  test("a damaged file of keys is named", () => {
    const data = join(folder, "damaged");
    mkdirSync(data);
    writeFileSync(join(data, "keys.json"), '[{"accessKeyId": 1}]');
    expect(() => openKeyStore(data).read()).toThrow("it is damaged");
  });
});

describe("a key", () => {
  test("of a role may do what the role may, and gets no session for the asking", () => {
    const { identities } = open();
    const key = identities.accessKeys.make({ roleName: "Guest", name: "camera" });
    const found = identities.authenticate(signed(key), circumstances);
    const arn = "arn:aws:sts::111122223333:assumed-role/Guest/camera";
    expect(found).toMatchObject({ ok: true, caller: { arn, isTemporary: true } });
  });

  test("of a role that is no more is worth nothing", () => {
    const { identities } = open();
    const key = identities.accessKeys.make({ roleName: "Gone" });
    expect(problemOf(identities, signed(key))).toBe("UnrecognizedClientException");
  });

  test("is known as given out here by its id alone", () => {
    const { identities } = open();
    const { accessKeyId } = identities.ownKey();
    expect(identities.gaveOut(accessKeyId)).toBe(true);
    expect(identities.gaveOut(guestOf(identities).accessKeyId)).toBe(true);
    expect(open().identities.gaveOut(accessKeyId)).toBe(false);
    fc.assert(
      fc.property(fc.nat(19), fc.constantFrom(..."ABCXYZ234"), (at, letter) => {
        const other = accessKeyId.slice(0, at) + letter + accessKeyId.slice(at + 1);
        fc.pre(other !== accessKeyId);
        expect(identities.gaveOut(other)).toBe(false);
      }),
    );
    for (const fake of ["test", "", "AKIAIOSFODNN7EXAMPLE", "AKIA/../../etc"]) {
      expect(identities.gaveOut(fake)).toBe(false);
    }
  });
});

function openWith(secret: DeploymentSecret, data: string) {
  return open(secret, { keys: openKeyStore(data) });
}
