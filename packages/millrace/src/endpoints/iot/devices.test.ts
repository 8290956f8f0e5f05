import { afterAll, describe, expect, test } from "bun:test";
import {
  AttachPolicyCommand,
  AttachPrincipalPolicyCommand,
  AttachThingPrincipalCommand,
  CreateCertificateFromCsrCommand,
  CreateDynamicThingGroupCommand,
  CreateKeysAndCertificateCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateThingCommand,
  CreateThingTypeCommand,
  DeleteCACertificateCommand,
  DeleteCertificateCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRegistrationCodeCommand,
  DeleteThingCommand,
  DeleteThingTypeCommand,
  DeprecateThingTypeCommand,
  DescribeCACertificateCommand,
  DescribeCertificateCommand,
  DescribeThingCommand,
  DescribeThingTypeCommand,
  DetachPolicyCommand,
  DetachPrincipalPolicyCommand,
  DetachThingPrincipalCommand,
  GetEffectivePoliciesCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRegistrationCodeCommand,
  IoTClient,
  ListAttachedPoliciesCommand,
  ListCACertificatesCommand,
  ListCertificatesByCACommand,
  ListCertificatesCommand,
  ListPoliciesCommand,
  ListPolicyPrincipalsCommand,
  ListPolicyVersionsCommand,
  ListPrincipalPoliciesCommand,
  ListPrincipalThingsCommand,
  ListPrincipalThingsV2Command,
  ListTargetsForPolicyCommand,
  ListThingPrincipalsCommand,
  ListThingPrincipalsV2Command,
  ListThingsCommand,
  ListThingTypesCommand,
  RegisterCACertificateCommand,
  RegisterCertificateCommand,
  RegisterCertificateWithoutCACommand,
  SetDefaultPolicyVersionCommand,
  TestAuthorizationCommand,
  UpdateCACertificateCommand,
  UpdateCertificateCommand,
  UpdateThingCommand,
} from "@aws-sdk/client-iot";
import { ManualClock } from "../../base/mod.ts";
import { clientOptions, openDoor } from "../door-fixture.ts";
import { Certificates } from "./certificates/certificate-fixture.ts";

const clock = new ManualClock(Date.UTC(2026, 0, 2));
const door = await openDoor({}, undefined, clock);
const iot = new IoTClient(clientOptions(door.url));
const certificates = new Certificates();
afterAll(async () => {
  await door.close();
  certificates.remove();
});

async function nameOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "nothing thrown",
    ({ name }) => name,
  );
}

const arn = (resource: string) => `arn:aws:iot:eu-central-1:000000000000:${resource}`;
const identityId = "eu-central-1:11111111-1111-4111-8111-111111111111";

function allow(Action: string, Resource: string, Effect = "Allow"): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: { Effect, Action, Resource } });
}

async function makeCertificate(): Promise<{ id: string; target: string }> {
  const made = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
  return { id: made.certificateId!, target: made.certificateArn! };
}

describe("certificates", () => {
  test("are made, described, changed and deleted", async () => {
    const made = await iot.send(new CreateKeysAndCertificateCommand({}));
    const { certificateId = "", certificateArn, certificatePem, keyPair } = made;
    expect(certificateArn).toBe(arn(`cert/${certificateId}`));
    expect(keyPair?.PublicKey).toContain("BEGIN PUBLIC KEY");
    expect(keyPair?.PrivateKey).toContain("BEGIN RSA PRIVATE KEY");
    clock.advance(5_000);
    await iot.send(new UpdateCertificateCommand({ certificateId, newStatus: "ACTIVE" }));
    const told = await iot.send(new DescribeCertificateCommand({ certificateId }));
    expect(told.certificateDescription).toMatchObject({
      certificateArn,
      certificateId,
      certificatePem,
      status: "ACTIVE",
      ownedBy: "000000000000",
      customerVersion: 2,
      certificateMode: "DEFAULT",
      creationDate: new Date(clock.now() - 5_000),
      lastModifiedDate: new Date(clock.now()),
      validity: { notAfter: new Date("2049-12-31T23:59:59Z") },
    });
    const deleting = () => iot.send(new DeleteCertificateCommand({ certificateId }));
    expect(await nameOf(deleting())).toBe("CertificateStateException");
    await iot.send(new UpdateCertificateCommand({ certificateId, newStatus: "INACTIVE" }));
    await deleting();
    expect(await nameOf(deleting())).toBe("ResourceNotFoundException");
    const gone = iot.send(new DescribeCertificateCommand({ certificateId }));
    expect(await nameOf(gone)).toBe("ResourceNotFoundException");
  });

  test("are listed a page at a time, the newest first or the oldest", async () => {
    const made: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      clock.advance(1_000);
      const certificateSigningRequest = certificates.request(`n${count}`);
      const one = { certificateSigningRequest, setAsActive: true };
      made.push((await iot.send(new CreateCertificateFromCsrCommand(one))).certificateId!);
    }
    const seen: string[] = [];
    let marker: string | undefined;
    do {
      const page = await iot.send(new ListCertificatesCommand({ pageSize: 2, marker }));
      seen.push(...page.certificates!.map((one) => one.certificateId!));
      marker = page.nextMarker;
    } while (marker !== undefined);
    expect(seen.slice(0, 3)).toEqual(made.toReversed());
    const ordered = new ListCertificatesCommand({ ascendingOrder: true });
    const { certificates: all } = await iot.send(ordered);
    expect(all?.slice(-3).map((one) => one.certificateId)).toEqual(made);
    const foreign = new ListCertificatesCommand({ marker: "bm9uZQ==" });
    expect(await nameOf(iot.send(foreign))).toBe("InvalidRequestException");
  });

  test("of a registered authority say whose they are", async () => {
    const authority = certificates.authority("corp");
    const { registrationCode } = await iot.send(new GetRegistrationCodeCommand({}));
    const caCertificate = authority.pem;
    const wish = { caCertificate, setAsActive: true };
    const unproved = new RegisterCACertificateCommand(wish);
    expect(await nameOf(iot.send(unproved))).toBe("InvalidRequestException");
    const wrong = { ...wish, verificationCertificate: authority.sign("wrong") };
    const wrongCode = iot.send(new RegisterCACertificateCommand(wrong));
    expect(await nameOf(wrongCode)).toBe("RegistrationCodeValidationException");
    const proved = { ...wish, verificationCertificate: authority.sign(registrationCode!) };
    const automatic = { ...proved, allowAutoRegistration: true };
    const refused = iot.send(new RegisterCACertificateCommand(automatic));
    expect(await nameOf(refused)).toBe("InvalidRequestException");
    const registered = await iot.send(new RegisterCACertificateCommand(proved));
    const certificateId = registered.certificateId!;
    const describing = new DescribeCACertificateCommand({ certificateId });
    const { certificateDescription } = await iot.send(describing);
    expect(certificateDescription).toMatchObject({ status: "ACTIVE", certificateMode: "DEFAULT" });
    const { certificates: all } = await iot.send(new ListCACertificatesCommand({}));
    expect(all?.map((one) => one.certificateArn)).toEqual([arn(`cacert/${certificateId}`)]);

    const certificatePem = authority.sign("device");
    const device = { certificatePem, caCertificatePem: caCertificate, status: "ACTIVE" } as const;
    const made = await iot.send(new RegisterCertificateCommand(device));
    const again = iot.send(new RegisterCertificateCommand(device));
    expect(await nameOf(again)).toBe("ResourceAlreadyExistsException");
    const byAuthority = new ListCertificatesByCACommand({ caCertificateId: certificateId });
    const { certificates: signed } = await iot.send(byAuthority);
    expect(signed?.map((one) => one.certificateId)).toEqual([made.certificateId!]);

    const deleting = () => iot.send(new DeleteCACertificateCommand({ certificateId }));
    expect(await nameOf(deleting())).toBe("CertificateStateException");
    const off = { certificateId, newStatus: "INACTIVE" } as const;
    await iot.send(new UpdateCACertificateCommand(off));
    await deleting();
    await iot.send(new DeleteRegistrationCodeCommand({}));
    const next = await iot.send(new GetRegistrationCodeCommand({}));
    expect(next.registrationCode).not.toBe(registrationCode);
  });

  test("that are none, or of nobody who is known, are refused", async () => {
    const stranger = certificates.authority("stranger").pem;
    const register = (certificatePem: string) =>
      nameOf(iot.send(new RegisterCertificateCommand({ certificatePem })));
    expect(await register("nonsense")).toBe("CertificateValidationException");
    expect(await register(stranger)).toBe("CertificateValidationException");
    const alone = new RegisterCertificateWithoutCACommand({ certificatePem: stranger });
    const { certificateId } = await iot.send(alone);
    const told = await iot.send(new DescribeCertificateCommand({ certificateId }));
    const facts = { status: "INACTIVE", certificateMode: "SNI_ONLY" };
    expect(told.certificateDescription).toMatchObject(facts);
    const wrong = new UpdateCertificateCommand({ certificateId, newStatus: "PENDING_TRANSFER" });
    expect(await nameOf(iot.send(wrong))).toBe("InvalidRequestException");
    const request = { certificateSigningRequest: "nonsense" };
    const signing = iot.send(new CreateCertificateFromCsrCommand(request));
    expect(await nameOf(signing)).toBe("InvalidRequestException");
  });
});

describe("policies", () => {
  test("are made, versioned, read and deleted", async () => {
    const policyName = "versions";
    const [first, second] = [allow("iot:Connect", "*"), allow("iot:Publish", "*")];
    const made = await iot.send(new CreatePolicyCommand({ policyName, policyDocument: first }));
    const policyArn = arn(`policy/${policyName}`);
    expect(made).toMatchObject({ policyName, policyArn, policyVersionId: "1" });
    const create = new CreatePolicyCommand({ policyName, policyDocument: first });
    expect(await nameOf(iot.send(create))).toBe("ResourceAlreadyExistsException");
    const version = { policyName, policyDocument: second, setAsDefault: true };
    const added = await iot.send(new CreatePolicyVersionCommand(version));
    expect(added).toMatchObject({ policyVersionId: "2", isDefaultVersion: true });
    const got = await iot.send(new GetPolicyCommand({ policyName }));
    expect(got).toMatchObject({ policyArn, defaultVersionId: "2", policyDocument: second });
    const one = { policyName, policyVersionId: "1" };
    const old = await iot.send(new GetPolicyVersionCommand(one));
    expect(old).toMatchObject({ policyDocument: first, isDefaultVersion: false });
    await iot.send(new SetDefaultPolicyVersionCommand(one));
    const { policyVersions } = await iot.send(new ListPolicyVersionsCommand({ policyName }));
    expect(policyVersions?.map((it) => [it.versionId, it.isDefaultVersion])).toEqual([
      ["2", false],
      ["1", true],
    ]);
    const deleting = () => iot.send(new DeletePolicyCommand({ policyName }));
    expect(await nameOf(deleting())).toBe("DeleteConflictException");
    const deletingDefault = iot.send(new DeletePolicyVersionCommand(one));
    expect(await nameOf(deletingDefault)).toBe("DeleteConflictException");
    await iot.send(new DeletePolicyVersionCommand({ policyName, policyVersionId: "2" }));
    for (let count = 0; count < 4; count += 1) {
      await iot.send(new CreatePolicyVersionCommand({ policyName, policyDocument: second }));
    }
    const sixth = iot.send(new CreatePolicyVersionCommand(version));
    expect(await nameOf(sixth)).toBe("VersionsLimitExceededException");
    const gone = iot.send(new GetPolicyCommand({ policyName: "none" }));
    expect(await nameOf(gone)).toBe("ResourceNotFoundException");
  });

  test("that are wrong are refused with the place", async () => {
    const wrong = { policyName: "wrong", policyDocument: '{"Statement": [{"Effect": "No"}]}' };
    const creating = iot.send(new CreatePolicyCommand(wrong));
    await expect(creating).rejects.toMatchObject({
      name: "MalformedPolicyException",
      message: expect.stringContaining("/Statement/0/Effect (line 1, column 27): "),
    });
  });

  test("that ask for what no request here has are refused by its name", async () => {
    const topics = "arn:aws:iot:us-east-1:123456789012:topic";
    const Statement = [
      { Effect: "Allow", Action: "iot:*", Resource: `${topics}/\${iot:Certificate.CommonName}` },
      {
        Effect: "Deny",
        Action: "iot:*",
        Resource: `${topics}/\${aws:PrincipalTag/team}`,
        Condition: { StringNotEquals: { "iot:DomainName": "a" } },
      },
    ];
    const policyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    const creating = iot.send(new CreatePolicyCommand({ policyName: "keys", policyDocument }));
    await expect(creating).rejects.toMatchObject({
      name: "MalformedPolicyException",
      message:
        "/Statement/1: the condition key 'iot:DomainName' is not implemented; " +
        `/Statement/1: the variable '$\{aws:PrincipalTag/team}' is not implemented`,
    });
  });

  test("hang on certificates and identities, in the newer and the older way", async () => {
    const { target } = await makeCertificate();
    for (const policyName of ["hang-a", "hang-b"]) {
      const policyDocument = allow("iot:Connect", "*");
      await iot.send(new CreatePolicyCommand({ policyName, policyDocument }));
    }
    await iot.send(new AttachPolicyCommand({ policyName: "hang-a", target }));
    const older = { policyName: "hang-b", principal: target };
    await iot.send(new AttachPrincipalPolicyCommand(older));
    await iot.send(new AttachPolicyCommand({ policyName: "hang-a", target: identityId }));
    const { policies } = await iot.send(new ListAttachedPoliciesCommand({ target }));
    const names = ["hang-a", "hang-b"];
    expect(policies?.map((one) => one.policyName)).toEqual(names);
    const ofPrincipal = new ListPrincipalPoliciesCommand({ principal: target, pageSize: 1 });
    const page = await iot.send(ofPrincipal);
    expect(page.policies).toEqual([{ policyName: "hang-a", policyArn: arn("policy/hang-a") }]);
    const { targets } = await iot.send(new ListTargetsForPolicyCommand({ policyName: "hang-a" }));
    expect(targets).toEqual([target, identityId]);
    const older2 = await iot.send(new ListPolicyPrincipalsCommand({ policyName: "hang-b" }));
    expect(older2.principals).toEqual([target]);
    const effective = new GetEffectivePoliciesCommand({ principal: target });
    const { effectivePolicies } = await iot.send(effective);
    expect(effectivePolicies?.map((one) => [one.policyName, one.policyDocument])).toEqual(
      names.map((name) => [name, allow("iot:Connect", "*")]),
    );
    const all = await iot.send(new ListPoliciesCommand({}));
    expect(all.policies?.map((one) => one.policyName)).toContain("hang-b");

    await iot.send(new DetachPolicyCommand({ policyName: "hang-a", target }));
    await iot.send(new DetachPolicyCommand({ policyName: "hang-a", target }));
    await iot.send(new DetachPrincipalPolicyCommand(older));
    const again = iot.send(new DetachPrincipalPolicyCommand(older));
    expect(await nameOf(again)).toBe("ResourceNotFoundException");
    const nobody = { policyName: "hang-a", target: arn(`cert/${"0".repeat(64)}`) };
    const attaching = iot.send(new AttachPolicyCommand(nobody));
    expect(await nameOf(attaching)).toBe("ResourceNotFoundException");
  });

  test("say beforehand what they would allow", async () => {
    const { target: principal } = await makeCertificate();
    const own = "$" + "{iot:ClientId}";
    const documents = {
      "try-own": allow("iot:Publish", arn(`topic/${own}/*`)),
      "try-deny": allow("iot:Publish", arn("topic/a/secret"), "Deny"),
    };
    for (const [policyName, policyDocument] of Object.entries(documents)) {
      await iot.send(new CreatePolicyCommand({ policyName, policyDocument }));
    }
    await iot.send(new AttachPolicyCommand({ policyName: "try-own", target: principal }));
    const ask = async (topic: string, more: object = {}) => {
      const authInfos = [{ actionType: "PUBLISH" as const, resources: [arn(`topic/${topic}`)] }];
      const question = { principal, authInfos, clientId: "a", ...more };
      const { authResults } = await iot.send(new TestAuthorizationCommand(question));
      return authResults![0]!;
    };
    const policy = { policyName: "try-own", policyArn: arn("policy/try-own") };
    const good = await ask("a/b");
    expect([good.authDecision, good.allowed?.policies]).toEqual(["ALLOWED", [policy]]);
    expect((await ask("b/b")).authDecision).toBe("IMPLICIT_DENY");
    const nobody = await ask("a/b", { clientId: undefined });
    expect(nobody.missingContextValues).toEqual(["iot:ClientId"]);
    const denied = await ask("a/secret", { policyNamesToAdd: ["try-deny"] });
    expect(denied.authDecision).toBe("EXPLICIT_DENY");
    expect(denied.denied?.explicitDeny?.policies?.map((it) => it.policyName)).toEqual(["try-deny"]);
    const without = await ask("a/b", { policyNamesToSkip: ["try-own"] });
    expect(without.authDecision).toBe("IMPLICIT_DENY");
    expect(await nameOf(ask("a", { policyNamesToAdd: ["none"] }))).toBe(
      "ResourceNotFoundException",
    );
  });
});

describe("things", () => {
  test("are made, described, changed, found and deleted", async () => {
    await iot.send(new CreateThingTypeCommand({ thingTypeName: "lamp" }));
    const attributePayload = { attributes: { room: "hall" } };
    const wish = { thingName: "lamp:1", thingTypeName: "lamp", attributePayload };
    const made = await iot.send(new CreateThingCommand(wish));
    expect(made).toMatchObject({ thingName: "lamp:1", thingArn: arn("thing/lamp:1") });
    await iot.send(new CreateThingCommand({ thingName: "other" }));
    const told = await iot.send(new DescribeThingCommand({ thingName: "lamp:1" }));
    expect(told).toMatchObject({
      defaultClientId: "lamp:1",
      thingId: made.thingId!,
      thingTypeName: "lamp",
      attributes: { room: "hall" },
      version: 1,
    });
    const change = { attributePayload: { attributes: { floor: "2" }, merge: true } };
    await iot.send(new UpdateThingCommand({ thingName: "lamp:1", expectedVersion: 1, ...change }));
    const late = new UpdateThingCommand({ thingName: "lamp:1", expectedVersion: 1, ...change });
    expect(await nameOf(iot.send(late))).toBe("VersionConflictException");
    const find = async (filter: object) =>
      (await iot.send(new ListThingsCommand(filter))).things?.map((one) => one.thingName);
    expect(await find({})).toEqual(["lamp:1", "other"]);
    expect(await find({ thingTypeName: "lamp" })).toEqual(["lamp:1"]);
    expect(await find({ attributeName: "room", attributeValue: "hall" })).toEqual(["lamp:1"]);
    const prefix = { attributeName: "room", attributeValue: "h", usePrefixAttributeValue: true };
    expect(await find(prefix)).toEqual(["lamp:1"]);
    expect(await find({ ...prefix, usePrefixAttributeValue: false })).toEqual([]);
    const page = await iot.send(new ListThingsCommand({ maxResults: 1 }));
    expect(await find({ nextToken: page.nextToken })).toEqual(["other"]);
    await iot.send(new DeleteThingCommand({ thingName: "other" }));
    await iot.send(new DeleteThingCommand({ thingName: "other" }));
    const gone = iot.send(new DescribeThingCommand({ thingName: "other" }));
    expect(await nameOf(gone)).toBe("ResourceNotFoundException");
  });

  test("have principals, who have them", async () => {
    const { target: principal } = await makeCertificate();
    for (const thingName of ["p1", "p2"]) await iot.send(new CreateThingCommand({ thingName }));
    const shared = { thingName: "p1", principal };
    await iot.send(new AttachThingPrincipalCommand(shared));
    const alone = { thingName: "p2", principal, thingPrincipalType: "EXCLUSIVE_THING" } as const;
    const taken = iot.send(new AttachThingPrincipalCommand(alone));
    expect(await nameOf(taken)).toBe("InvalidRequestException");
    const { principals } = await iot.send(new ListThingPrincipalsCommand({ thingName: "p1" }));
    expect(principals).toEqual([principal]);
    const older = await iot.send(new ListPrincipalThingsCommand({ principal }));
    expect(older.things).toEqual(["p1"]);
    const { thingPrincipalObjects } = await iot.send(
      new ListThingPrincipalsV2Command({ thingName: "p1" }),
    );
    const thingPrincipalType = "NON_EXCLUSIVE_THING";
    expect(thingPrincipalObjects).toEqual([{ principal, thingPrincipalType }]);
    const newer = new ListPrincipalThingsV2Command({ principal, thingPrincipalType });
    const { principalThingObjects } = await iot.send(newer);
    expect(principalThingObjects).toEqual([{ thingName: "p1", thingPrincipalType }]);
    const deleting = iot.send(new DeleteThingCommand({ thingName: "p1" }));
    expect(await nameOf(deleting)).toBe("InvalidRequestException");
    await iot.send(new DetachThingPrincipalCommand(shared));
    await iot.send(new AttachThingPrincipalCommand(alone));
  });

  test("have types, which go five minutes after they were deprecated", async () => {
    const thingTypeName = "lorry";
    const thingTypeProperties = { thingTypeDescription: "large", searchableAttributes: ["tons"] };
    const made = { thingTypeName, thingTypeProperties };
    await iot.send(new CreateThingTypeCommand(made));
    const told = await iot.send(new DescribeThingTypeCommand({ thingTypeName }));
    expect(told).toMatchObject({ thingTypeArn: arn("thingtype/lorry"), thingTypeProperties });
    const found = await iot.send(new ListThingTypesCommand({ thingTypeName }));
    expect(found.thingTypes).toHaveLength(1);
    const deleting = () => iot.send(new DeleteThingTypeCommand({ thingTypeName }));
    expect(await nameOf(deleting())).toBe("InvalidRequestException");
    await iot.send(new DeprecateThingTypeCommand({ thingTypeName }));
    const creating = iot.send(new CreateThingCommand({ thingName: "l", thingTypeName }));
    expect(await nameOf(creating)).toBe("InvalidRequestException");
    clock.advance(5 * 60_000);
    await deleting();
    expect(await nameOf(deleting())).toBe("ResourceNotFoundException");
  });
});

describe("what is not implemented is refused by its name", () => {
  test("an operation", async () => {
    const wish = { thingGroupName: "g", queryString: "thingName:a*" };
    const grouping = iot.send(new CreateDynamicThingGroupCommand(wish));
    await expect(grouping).rejects.toThrow(
      'The operation "CreateDynamicThingGroup" of AWS IoT is not implemented',
    );
  });

  test("one that shares its path with another that is", async () => {
    const answer = await fetch(`${door.url}/things`, { method: "POST", body: "{}" });
    expect(await answer.json()).toEqual({
      message: 'The operation "RegisterThing" of AWS IoT is not implemented',
    });
  });

  test("a member", async () => {
    const policyDocument = allow("iot:Connect", "*");
    const tagged = { policyName: "tagged", policyDocument, tags: [{ Key: "a", Value: "b" }] };
    const creating = iot.send(new CreatePolicyCommand(tagged));
    await expect(creating).rejects.toThrow('"tags" of CreatePolicy is not implemented');
    const grouped = new CreateThingCommand({ thingName: "g", billingGroupName: "b" });
    await expect(iot.send(grouped)).rejects.toThrow(
      '"billingGroupName" of CreateThing is not implemented',
    );
  });
});
