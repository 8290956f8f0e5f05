import { afterAll, expect, test } from "bun:test";
import {
  AddThingToThingGroupCommand,
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CreateKeysAndCertificateCommand,
  CreatePolicyCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  DeleteThingGroupCommand,
  DescribeThingGroupCommand,
  GetEffectivePoliciesCommand,
  IoTClient,
  ListAttachedPoliciesCommand,
  ListThingGroupsCommand,
  ListThingGroupsForThingCommand,
  ListThingsInThingGroupCommand,
  RemoveThingFromThingGroupCommand,
  TestAuthorizationCommand,
  UpdateThingGroupCommand,
  UpdateThingGroupsForThingCommand,
} from "@aws-sdk/client-iot";
import { clientOptions, openDoor } from "../../door-fixture.ts";

const door = await openDoor();
const iot = new IoTClient(clientOptions(door.url));
afterAll(() => door.close());

const arn = (resource: string) => `arn:aws:iot:eu-central-1:000000000000:${resource}`;
const group = (name: string) => ({ groupName: name, groupArn: arn(`thinggroup/${name}`) });

async function nameOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "nothing thrown",
    ({ name }) => name,
  );
}

test("groups are made below each other, described, changed, listed and deleted", async () => {
  const make = (thingGroupName: string, parentGroupName?: string) =>
    iot.send(new CreateThingGroupCommand({ thingGroupName, parentGroupName }));
  const { thingGroupId } = await make("house");
  await make("floor", "house");
  await make("hall", "floor");
  expect(await nameOf(make("attic", "none"))).toBe("ResourceNotFoundException");
  expect(await nameOf(make("floor"))).toBe("ResourceAlreadyExistsException");
  const thingGroupProperties = {
    thingGroupDescription: "all of it",
    attributePayload: { attributes: { street: "1" } },
  };
  const change = { thingGroupName: "house", thingGroupProperties };
  const { version } = await iot.send(new UpdateThingGroupCommand(change));
  expect(version).toBe(2);
  const late = new UpdateThingGroupCommand({ ...change, expectedVersion: 1 });
  expect(await nameOf(iot.send(late))).toBe("VersionConflictException");
  const told = await iot.send(new DescribeThingGroupCommand({ thingGroupName: "house" }));
  expect(told).toMatchObject({ thingGroupId: thingGroupId!, version: 2, thingGroupProperties });
  const deep = await iot.send(new DescribeThingGroupCommand({ thingGroupName: "hall" }));
  expect(deep.thingGroupMetadata).toMatchObject({
    parentGroupName: "floor",
    rootToParentThingGroups: [group("house"), group("floor")],
  });
  const list = async (filter: object) =>
    (await iot.send(new ListThingGroupsCommand(filter))).thingGroups?.map((it) => it.groupName);
  expect(await list({})).toEqual(["floor", "hall", "house"]);
  expect(await list({ recursive: false })).toEqual(["house"]);
  expect(await list({ parentGroup: "house" })).toEqual(["floor", "hall"]);
  expect(await list({ parentGroup: "house", recursive: false })).toEqual(["floor"]);
  expect(await list({ namePrefixFilter: "h" })).toEqual(["hall", "house"]);
  const remove = (thingGroupName: string) =>
    nameOf(iot.send(new DeleteThingGroupCommand({ thingGroupName })));
  expect(await remove("floor")).toBe("InvalidRequestException");
  expect(await remove("hall")).toBe("nothing thrown");
  expect(await remove("hall")).toBe("nothing thrown");
});

test("things are in one group of a tree, and in many trees", async () => {
  const parents = { a: undefined, a1: "a", a2: "a", b: undefined };
  for (const [thingGroupName, parentGroupName] of Object.entries(parents)) {
    await iot.send(new CreateThingGroupCommand({ thingGroupName, parentGroupName }));
  }
  await iot.send(new CreateThingCommand({ thingName: "lamp" }));
  const add = (thingGroupName: string) =>
    nameOf(iot.send(new AddThingToThingGroupCommand({ thingGroupName, thingName: "lamp" })));
  const groups = async () => {
    const asking = new ListThingGroupsForThingCommand({ thingName: "lamp" });
    return (await iot.send(asking)).thingGroups?.map((it) => it.groupName);
  };
  expect([await add("a1"), await add("a1"), await add("b")]).toEqual(
    Array(3).fill("nothing thrown"),
  );
  expect(await add("a2")).toBe("InvalidRequestException");
  expect(await add("none")).toBe("ResourceNotFoundException");
  expect(await groups()).toEqual(["a1", "b"]);
  const move = { thingGroupsToRemove: ["a1"], thingGroupsToAdd: ["a2"] };
  await iot.send(new UpdateThingGroupsForThingCommand({ thingName: "lamp", ...move }));
  expect(await groups()).toEqual(["a2", "b"]);
  const inside = async (recursive: boolean) => {
    const asking = new ListThingsInThingGroupCommand({ thingGroupName: "a", recursive });
    return (await iot.send(asking)).things;
  };
  expect([await inside(false), await inside(true)]).toEqual([[], ["lamp"]]);
  const out = { thingGroupArn: arn("thinggroup/b"), thingArn: arn("thing/lamp") };
  await iot.send(new RemoveThingFromThingGroupCommand(out));
  expect(await groups()).toEqual(["a2"]);
});

test("a group's policies count for its things and those below, under their own name", async () => {
  for (const [thingGroupName, parentGroupName] of [["root"], ["leaf", "root"]] as const) {
    await iot.send(new CreateThingGroupCommand({ thingGroupName, parentGroupName }));
  }
  const made = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
  const principal = made.certificateArn!;
  await iot.send(new CreateThingCommand({ thingName: "one" }));
  await iot.send(new AddThingToThingGroupCommand({ thingGroupName: "leaf", thingName: "one" }));
  await iot.send(new AttachThingPrincipalCommand({ thingName: "one", principal }));
  const Statement = { Effect: "Allow", Action: "iot:Publish", Resource: arn("topic/t") };
  const policyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iot.send(new CreatePolicyCommand({ policyName: "of-root", policyDocument }));
  const target = arn("thinggroup/root");
  await iot.send(new AttachPolicyCommand({ policyName: "of-root", target }));
  const nowhere = { policyName: "of-root", target: arn("thinggroup/none") };
  const attaching = nameOf(iot.send(new AttachPolicyCommand(nowhere)));
  expect(await attaching).toBe("ResourceNotFoundException");

  const leaf = arn("thinggroup/leaf");
  const attached = async (recursive: boolean) =>
    (await iot.send(new ListAttachedPoliciesCommand({ target: leaf, recursive }))).policies?.length;
  expect([await attached(false), await attached(true)]).toEqual([0, 1]);
  const effective = new GetEffectivePoliciesCommand({ principal, thingName: "one" });
  expect((await iot.send(effective)).effectivePolicies).toHaveLength(1);
  const decide = async (clientId: string) => {
    const authInfos = [{ actionType: "PUBLISH" as const, resources: [arn("topic/t")] }];
    const asking = new TestAuthorizationCommand({ principal, clientId, authInfos });
    return (await iot.send(asking)).authResults![0]!.authDecision;
  };
  expect([await decide("one"), await decide("other")]).toEqual(["ALLOWED", "IMPLICIT_DENY"]);
});
