import { describe, expect, test } from "bun:test";
import { Denials } from "../denials.ts";
import { MqttAccess } from "../mqtt-access.ts";
import { DeviceAccess } from "./device-access.ts";
import { account, allow, arn, startDevices } from "./devices-fixture.ts";

async function scene() {
  const started = await startDevices();
  const { devices, clock, logger } = started;
  const denials = new Denials({ clock, logger });
  const access = new MqttAccess({ account, denials, clock });
  const deviceAccess = new DeviceAccess({ account, devices, access, clock, logger });
  const made = await devices.certificates.make("ACTIVE");
  if (!made.ok) throw new Error(made.problem.message);
  const { id, pem } = made.value;
  const principal = arn(`cert/${id}`);
  const grant = async (name: string, document: string) => {
    await devices.policies.create(name, document);
    await devices.policies.attach(name, principal);
  };
  const enter = (clientId: string) => {
    const shown = { pem, fingerprint: id };
    const facts = { clientId, persistent: false, willTopic: undefined };
    return deviceAccess.admit(shown, "127.0.0.1", facts);
  };
  return { ...started, denials, deviceAccess, id, principal, grant, enter };
}

const connect = allow("iot:Connect", "*");
const name = "$" + "{iot:Connection.Thing.ThingName}";

describe("a device", () => {
  test("is its certificate's id to rules and events", async () => {
    const { grant, enter, id } = await scene();
    expect(enter("a")).toEqual({ allowed: false, principal: id });
    await grant("connect", connect);
    expect(enter("a")).toMatchObject({ allowed: true, principal: id });
  });

  test("is let in within the time of its certificate", async () => {
    const { grant, enter, clock, log } = await scene();
    await grant("connect", connect);
    clock.advance(Date.UTC(2050, 0, 1) - clock.now());
    expect(enter("a").allowed).toBe(false);
    expect(log.join()).toContain("it was good until 2049-12-31T23:59:59.000Z");
  });

  test("that is refused is told with what would let it in", async () => {
    const { enter, denials, id } = await scene();
    enter("a");
    const [denial] = denials.list().denials;
    expect(denial).toMatchObject({ principal: id, arn: arn(`cert/${id}`), action: "iot:Connect" });
    expect(denial?.remedy?.statement).toMatchObject({ Resource: arn("client/a") });
  });

  test("with a certificate of one thing alone may call itself as it likes", async () => {
    const { devices, principal, grant, enter } = await scene();
    await grant(
      "by-thing",
      allow("iot:*", "*", { Condition: { Bool: { "iot:Connection.Thing.IsAttached": "true" } } }),
    );
    await devices.things.create("lamp", {});
    await devices.things.attach("lamp", principal, { exclusive: false });
    expect([enter("lamp").allowed, enter("other").allowed]).toEqual([true, false]);
    await devices.things.attach("lamp", principal, { exclusive: true });
    expect([enter("lamp").allowed, enter("other").allowed]).toEqual([true, true]);
  });

  test("says of which thing it is, and whether of that alone", async () => {
    const { devices, principal, grant, enter } = await scene();
    const { things } = devices;
    await things.create("lamp", {});
    await things.attach("lamp", principal, { exclusive: false });
    const lamp = (isExclusive: boolean) => ({ name: "lamp", isExclusive });
    expect(enter("lamp")).toMatchObject({ allowed: false, thing: lamp(false) });
    await grant("connect", connect);
    expect([enter("lamp").thing, enter("other").thing]).toEqual([lamp(false), undefined]);
    await things.attach("lamp", principal, { exclusive: true });
    expect([enter("lamp").thing, enter("other").thing]).toEqual([lamp(true), lamp(true)]);
  });

  test("feels every change of what it may do and of its thing, and of nobody else's", async () => {
    const { devices, principal, grant, enter } = await scene();
    await grant("connect", connect);
    await devices.things.create("lamp", { attributes: { room: "hall" } });
    await devices.things.attach("lamp", principal, { exclusive: false });
    const admitted = enter("lamp");
    if (!admitted.allowed) throw new Error("not let in");
    const { access } = admitted;
    const may = () => [access.mayPublish("room/hall", false), access.mayReceive("of/lamp")];
    expect(may()).toEqual([false, false]);
    const room = "$" + "{iot:Connection.Thing.Attributes[room]}";
    await grant("publish", allow("iot:Publish", arn(`topic/room/${room}`)));
    expect(may()).toEqual([true, false]);
    await grant("receive", allow("iot:Receive", arn(`topic/of/${name}`)));
    await devices.things.create("unrelated", {});
    expect(may()).toEqual([true, true]);
    await devices.things.update("lamp", { attributes: { room: "attic" } });
    expect(may()).toEqual([false, true]);
    expect(access.mayPublish("room/attic", false)).toBe(true);
    await devices.things.detach("lamp", principal);
    expect(may()).toEqual([false, false]);
    expect(access.maySubscribe("anything")).toBe(false);
  });

  test("has what the groups of its thing are allowed, while it is in them", async () => {
    const { devices, principal, enter } = await scene();
    const { things, thingGroups, policies } = devices;
    await policies.create("p", allow("iot:*", "*"));
    await thingGroups.create("root", {});
    await thingGroups.create("leaf", { parentName: "root" });
    await policies.attach("p", arn("thinggroup/root"));
    await things.create("lamp", {});
    await thingGroups.add("leaf", "lamp");
    expect(enter("lamp").allowed).toBe(false);
    await things.attach("lamp", principal, { exclusive: false });
    expect([enter("lamp").allowed, enter("other").allowed]).toEqual([true, false]);
    const admitted = enter("lamp");
    const access = admitted.allowed ? admitted.access : undefined;
    expect(access?.mayPublish("t", true)).toBe(true);
    await thingGroups.remove("leaf", "lamp");
    expect(access?.mayPublish("t", true)).toBe(false);
  });

  test("has nothing of a stored policy that does not load, nor of those beside it", async () => {
    const { devices, grant, enter, log } = await scene();
    await grant("connect", connect);
    const { ledger, policies } = devices.shelves;
    await grant("broken", connect);
    const record = policies.get("broken")!;
    const versions = [{ ...record.versions[0]!, document: "{" }];
    await ledger.write(policies.put("broken", { ...record, versions }));
    expect(enter("a").allowed).toBe(false);
    expect(log.join()).toContain(
      'stored policy does not load, so it gives nothing {"policy":"broken"',
    );
  });
});
