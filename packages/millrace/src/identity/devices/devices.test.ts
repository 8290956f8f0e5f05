import { afterAll, describe, expect, test } from "bun:test";
import { OpenSsl } from "../certificates/openssl-fixture.ts";
import type { Outcome } from "../registry/outcome.ts";
import { allow, arn, startDevices } from "./devices-fixture.ts";

const openssl = new OpenSsl();
afterAll(() => openssl.remove());

function valueIn<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.problem.message);
  return outcome.value;
}

/** What was refused, and how; nothing when nothing was. */
function problemOf(outcome: Outcome<unknown>): string | undefined {
  return outcome.ok ? undefined : `${outcome.problem.kind}: ${outcome.problem.message}`;
}

const everything = allow("iot:*", "*");
const identityId = "eu-central-1:11111111-1111-4111-8111-111111111111";

describe("certificates", () => {
  test("are the same after a restart, text and status and all", async () => {
    const { devices, records, clock } = await startDevices();
    const made = valueIn(await devices.certificates.make("ACTIVE"));
    clock.advance(1_000);
    valueIn(await devices.certificates.setStatus(made.id, "INACTIVE"));
    const again = (await startDevices({ records })).devices.certificates;
    expect(again.get(made.id)).toEqual(devices.certificates.get(made.id));
    expect(again.get(made.id)).toMatchObject({ status: "INACTIVE", version: 2 });
    expect(await again.textOf(made.id)).toBe(made.pem);
  });

  test("tell of an end only when they were active", async () => {
    const { devices, deactivated } = await startDevices();
    const { id } = valueIn(await devices.certificates.make("INACTIVE"));
    await devices.certificates.setStatus(id, "REVOKED");
    await devices.certificates.setStatus(id, "ACTIVE");
    expect(deactivated).toEqual([]);
    await devices.certificates.setStatus(id, "REVOKED");
    await devices.certificates.setStatus(id, "REVOKED");
    expect(deactivated).toEqual([id]);
  });

  test("go only when nothing hangs on them", async () => {
    const { devices } = await startDevices();
    const { certificates, policies, things } = devices;
    const { id } = valueIn(await certificates.make("ACTIVE"));
    const principal = arn(`cert/${id}`);
    const remove = async (force = false) => problemOf(await certificates.delete(id, { force }));
    await policies.create("p", everything);
    await policies.attach("p", principal);
    await things.create("t", {});
    await things.attach("t", principal, { exclusive: false });
    expect(await remove()).toContain("wrongState: ");
    await certificates.setStatus(id, "INACTIVE");
    expect(await remove(true)).toBe('attached: The certificate is attached to the thing "t"');
    await things.detach("t", principal);
    expect(await remove()).toBe('attached: The policy "p" is attached to the certificate');
    expect(await remove(true)).toBeUndefined();
    expect([policies.targetsOf("p"), await certificates.textOf(id)]).toEqual([[], undefined]);
    expect(await remove()).toBe(`missing: There is no certificate "${id}"`);
  });

  test("are registered once, whoever brings them", async () => {
    const { devices } = await startDevices();
    const { pem } = openssl.selfSigned("/CN=a");
    const wish = { status: "ACTIVE", withoutAuthority: true } as const;
    const { id } = valueIn(await devices.certificates.register(pem, wish));
    const again = await devices.certificates.register(pem, wish);
    expect(again).toMatchObject({ problem: { kind: "exists", id, arn: arn(`cert/${id}`) } });
  });

  test("count for nothing when they cannot be stored", async () => {
    const { devices, records } = await startDevices();
    await records.close();
    await expect(devices.certificates.make("ACTIVE")).rejects.toThrow();
    expect([...devices.certificates.all()]).toEqual([]);
  });
});

describe("authorities", () => {
  const authority = openssl.selfSigned("/CN=authority");
  const other = openssl.selfSigned("/CN=other");
  const wish = { pem: authority.pem, isActive: true };

  test("are registered by who has their key, and the code", async () => {
    const { devices } = await startDevices();
    const { authorities } = devices;
    const early = openssl.signedBy(authority, "/CN=early").pem;
    expect(problemOf(await authorities.register({ ...wish, proofPem: early }))).toContain(
      "wrongCode",
    );
    const code = await authorities.registrationCode();
    expect(await authorities.registrationCode()).toBe(code);
    expect(code).toMatch(/^[0-9a-f]{64}$/);
    const foreign = openssl.signedBy(other, `/CN=${code}`).pem;
    expect(problemOf(await authorities.register({ ...wish, proofPem: foreign }))).toBe(
      "unproved: The verification certificate is not signed by the CA's key",
    );
    const proofPem = openssl.signedBy(authority, `/CN=${code}`).pem;
    const id = valueIn(await authorities.register({ ...wish, proofPem }));
    expect(authorities.get(id)).toMatchObject({ isActive: true, mode: "DEFAULT" });
    expect(problemOf(await authorities.register({ ...wish, proofPem }))).toContain("exists");
    valueIn(await authorities.forgetRegistrationCode());
    expect(await authorities.registrationCode()).not.toBe(code);
  });

  test("must be some", async () => {
    const { devices } = await startDevices();
    const none = openssl.selfSigned("/CN=none", "-addext", "basicConstraints=critical,CA:FALSE");
    const outcome = await devices.authorities.register({ pem: none.pem, isActive: true });
    expect(problemOf(outcome)).toContain("unproved: The CA certificate may not sign certificates");
  });

  test("vouch for what they have signed, while they are active", async () => {
    const { devices } = await startDevices();
    const { authorities, certificates } = devices;
    const register = async (pem: string, authorityPem?: string) =>
      certificates.register(pem, { status: "ACTIVE", authorityPem });
    const signed = () => openssl.signedBy(authority, "/CN=device").pem;
    const device = signed();
    expect(problemOf(await register(device))).toContain("unproved");
    expect(problemOf(await register(device, authority.pem))).toContain("missing");
    const id = valueIn(await authorities.register(wish));
    expect(problemOf(await register(openssl.selfSigned("/CN=x").pem))).toContain("unproved");
    const { id: deviceId } = valueIn(await register(device));
    expect(certificates.get(deviceId)).toMatchObject({ authorityId: id, withoutAuthority: false });
    expect(problemOf(await authorities.delete(id))).toContain("wrongState");
    valueIn(await authorities.setActive(id, false));
    expect(problemOf(await register(signed(), authority.pem))).toContain("is not active");
    expect(certificates.get(deviceId)?.status).toBe("ACTIVE");
    valueIn(await authorities.delete(id));
    expect(problemOf(await register(signed()))).toContain("unproved");
  });
});

describe("policies", () => {
  test("keep their versions, five at most, over a restart", async () => {
    const { devices, records } = await startDevices();
    const { policies } = devices;
    valueIn(await policies.create("p", everything));
    const add = async (asDefault = false) => policies.addVersion("p", everything, { asDefault });
    for (const wanted of ["2", "3", "4", "5"]) {
      expect(valueIn(await add()).version.id).toBe(wanted);
    }
    expect(problemOf(await add())).toContain("tooManyVersions");
    expect(problemOf(await policies.deleteVersion("p", "1"))).toContain("attached");
    valueIn(await policies.deleteVersion("p", "5"));
    expect(valueIn(await add(true)).version.id).toBe("6"); // a number is never given twice
    const again = (await startDevices({ records })).devices.policies;
    expect(again.get("p")).toEqual(policies.get("p"));
    expect(again.get("p")).toMatchObject({ defaultVersionId: "6", nextVersionId: 7 });
    expect(problemOf(await again.setDefault("p", "5"))).toContain("missing");
  });

  test("are read before they are kept", async () => {
    const { devices } = await startDevices();
    const wrong = '{"Version": "2012-10-17",\n "Statement": {"Effect": "Perhaps"}}';
    const problem = problemOf(await devices.policies.create("p", wrong));
    expect(problem).toStartWith("malformedPolicy: /Statement/Effect (line 2, column 26): ");
    expect(devices.policies.get("p")).toBeUndefined();
    const long = allow("iot:*", `arn:aws:iot:e:1:topic/${"x".repeat(2_048)}`);
    expect(problemOf(await devices.policies.create("p", long))).toContain("of 2048 characters");
  });

  test("hang on certificates that are there and on identities, ten on each", async () => {
    const { devices, records } = await startDevices();
    const { policies } = devices;
    for (let number = 0; number < 11; number += 1) await policies.create(`p${number}`, everything);
    const attach = async (name: string, target: string) =>
      problemOf(await policies.attach(name, target));
    expect(await attach("p0", arn("cert/none"))).toBe('missing: There is no certificate "none"');
    expect(await attach("p0", arn("thinggroup/g"))).toBe('missing: There is no thing group "g"');
    expect(await attach("p0", "me")).toContain('"me" is neither the ARN of a certificate');
    expect(await attach("none", identityId)).toBe('missing: There is no policy "none"');
    for (let number = 0; number < 10; number += 1) await policies.attach(`p${number}`, identityId);
    expect(await attach("p10", identityId)).toContain("tooMany");
    expect(await attach("p0", identityId)).toBeUndefined();
    const again = (await startDevices({ records })).devices;
    expect(again.policies.namesOf(identityId)).toHaveLength(10);
    expect(again.grants.compiledOf(identityId)).toHaveLength(10);
    expect(again.policies.targetsOf("p3")).toEqual([identityId]);
  });

  test("go with one version, and attached to nothing", async () => {
    const { devices } = await startDevices();
    const { policies } = devices;
    await policies.create("p", everything);
    await policies.addVersion("p", everything, { asDefault: false });
    await policies.attach("p", identityId);
    expect(problemOf(await policies.delete("p"))).toContain("attached");
    expect(valueIn(await policies.detach("p", identityId))).toBe(true);
    expect(valueIn(await policies.detach("p", identityId))).toBe(false);
    expect(problemOf(await policies.delete("p"))).toContain("versions that are not its default");
    await policies.deleteVersion("p", "2");
    expect(problemOf(await policies.delete("p"))).toBeUndefined();
  });

  test("that are the same for two targets are one set; a change makes another", async () => {
    const { devices } = await startDevices();
    const { policies, grants } = devices;
    const twin = identityId.replace("1111-4", "2222-4");
    await policies.create("p", everything);
    for (const target of [identityId, twin]) await policies.attach("p", target);
    const before = grants.of(identityId);
    expect(grants.of(twin)).toBe(before);
    await policies.addVersion("p", everything, { asDefault: true });
    expect(grants.of(identityId)).toBe(before); // the new version says the same
    await policies.addVersion("p", allow("iot:Connect", "*"), { asDefault: true });
    expect(grants.of(identityId)).not.toBe(before);
  });
});

describe("groups of things", () => {
  test("are the same after a restart, seven deep at most, and go with their memberships", async () => {
    const { devices, records } = await startDevices();
    const { thingGroups, things } = devices;
    let parentName: string | undefined;
    for (let depth = 1; depth <= 7; depth += 1) {
      valueIn(await thingGroups.create(`g${depth}`, { parentName }));
      parentName = `g${depth}`;
    }
    expect(problemOf(await thingGroups.create("g8", { parentName }))).toContain("7 groups deep");
    await things.create("t", {});
    await thingGroups.add("g7", "t");
    const again = (await startDevices({ records })).devices;
    expect(
      again.thingGroups
        .pathOf("g7")
        .map(({ name }) => name)
        .join(),
    ).toBe("g7,g6,g5,g4,g3,g2,g1");
    expect(again.thingGroups.groupsOf("t")).toEqual(["g7"]);
    valueIn(await again.thingGroups.delete("g7", 1));
    expect(again.thingGroups.groupsOf("t")).toEqual([]);
    await again.thingGroups.add("g6", "t");
    await again.things.delete("t", undefined);
    expect(again.thingGroups.thingsIn("g1", { below: true })).toEqual([]);
  });
});

describe("things", () => {
  const attributes = { room: "hall" };

  test("have attributes, and a version that tells of changes", async () => {
    const { devices, records } = await startDevices();
    const { things } = devices;
    const made = valueIn(await things.create("t", { attributes }));
    expect(valueIn(await things.create("t", { attributes }))).toEqual(made);
    expect(problemOf(await things.create("t", {}))).toContain("exists");
    await things.update("t", { attributes: { a: "1" }, merge: true });
    await things.update("t", { attributes: { room: "" }, merge: true });
    expect(things.get("t")).toMatchObject({ attributes: { a: "1" }, version: 3 });
    const late = { attributes, expectedVersion: 2 };
    expect(problemOf(await things.update("t", late))).toContain("outdated");
    expect(problemOf(await things.delete("t", 2))).toContain("outdated");
    await things.update("t", { attributes });
    const again = (await startDevices({ records })).devices.things;
    expect(again.get("t")).toEqual({ ...made, version: 4 });
    expect(problemOf(await again.delete("t", 4))).toBeUndefined();
    expect(problemOf(await again.delete("t", undefined))).toBeUndefined();
  });

  test("have three attributes without a type and fifty with one", async () => {
    const { devices, clock } = await startDevices();
    const { things, thingTypes } = devices;
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, "1"]));
    expect(problemOf(await things.create("t", { attributes: many(4) }))).toContain("at most 3");
    expect(problemOf(await things.create("t", { typeName: "lamp" }))).toContain("missing");
    valueIn(await thingTypes.create("lamp", { description: "shines" }));
    const wish = { typeName: "lamp", attributes: many(50) };
    valueIn(await things.create("t", wish));
    expect(problemOf(await things.create("u", { ...wish, attributes: many(51) }))).toContain("50");
    expect(problemOf(await things.update("t", { removeType: true }))).toContain("at most 3");
    const bad = { attributes: { "a b": "1" } };
    expect(problemOf(await things.create("u", bad))).toContain('The attribute name "a b"');
    valueIn(await thingTypes.deprecate("lamp", { undo: false }));
    expect(problemOf(await things.create("u", { typeName: "lamp" }))).toContain("deprecated");
    expect(problemOf(await thingTypes.delete("lamp"))).toContain("five minutes");
    clock.advance(5 * 60_000);
    expect(problemOf(await thingTypes.delete("lamp"))).toContain('"t" is of the type');
    await things.delete("t", undefined);
    expect(problemOf(await thingTypes.delete("lamp"))).toBeUndefined();
  });

  test("share principals, unless one is theirs alone", async () => {
    const { devices } = await startDevices();
    const { things } = devices;
    for (const name of ["a", "b"]) await things.create(name, {});
    const attach = async (name: string, exclusive: boolean) =>
      problemOf(await things.attach(name, identityId, { exclusive }));
    expect(await attach("none", false)).toContain("missing");
    expect(await attach("a", false)).toBeUndefined();
    expect(await attach("b", false)).toBeUndefined();
    expect(await attach("a", true)).toContain('attached to the thing "b"');
    expect(things.thingsOf(identityId)).toEqual(["a", "b"]);
    expect(problemOf(await things.delete("a", undefined))).toContain("still attached");
    await things.detach("b", identityId);
    expect(problemOf(await things.detach("b", identityId))).toContain("missing");
    expect(await attach("a", true)).toBeUndefined();
    expect(await attach("b", false)).toContain('attached to the thing "a"');
  });
});
