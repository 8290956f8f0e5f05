import { afterAll, expect, test } from "bun:test";
import { parseCertificate } from "../certificates/certificate.ts";
import { OpenSsl } from "../certificates/openssl-fixture.ts";
import { type DeviceDefinitions, noDevices } from "./definitions.ts";
import { allow, arn, startDevices } from "./devices-fixture.ts";

const openssl = new OpenSsl();
afterAll(() => openssl.remove());
const { pem } = openssl.selfSigned("/CN=lamp");
const certificate = parseCertificate(pem);
const id = typeof certificate === "string" ? "" : certificate.id;
const principal = arn(`cert/${id}`);
const [first, second] = [allow("iot:Connect", "*"), allow("iot:Publish", "*")];

const definitions: DeviceDefinitions = {
  ...noDevices,
  certificates: [{ id, pem, withoutAuthority: true, status: "ACTIVE" }],
  policies: [{ name: "p", document: first }],
  things: [{ name: "lamp", attributes: { room: "hall" } }],
  policyAttachments: [{ policyName: "p", principal }],
  thingAttachments: [{ thingName: "lamp", principal, exclusive: true }],
};

test("what a template names is there, and hangs together", async () => {
  const { devices, problems } = await startDevices({ definitions });
  expect(problems).toEqual([]);
  expect(devices.certificates.get(id)?.status).toBe("ACTIVE");
  expect(devices.policies.namesOf(principal)).toEqual(["p"]);
  expect(devices.things.attachment("lamp", principal)).toEqual({ exclusive: true });
});

test("what is changed by hand holds until the template says something new of it", async () => {
  const { devices, records } = await startDevices({ definitions });
  await devices.policies.put("p", second);
  await devices.certificates.setStatus(id, "INACTIVE");
  await devices.things.detach("lamp", principal);
  const same = (await startDevices({ records, definitions })).devices;
  const documentOf = ({ policies }: typeof same) =>
    policies.get("p")?.versions.find((one) => one.id === policies.get("p")?.defaultVersionId)
      ?.document;
  expect(documentOf(same)).toBe(second);
  expect(same.certificates.get(id)?.status).toBe("INACTIVE");
  expect(same.things.principalsOf("lamp")).toEqual([]);
  const third = allow("iot:Subscribe", "*");
  const changed = { ...definitions, policies: [{ name: "p", document: third }] };
  const after = (await startDevices({ records, definitions: changed })).devices;
  expect(documentOf(after)).toBe(third);
  expect(after.certificates.get(id)?.status).toBe("INACTIVE");
});

test("a policy that changes often keeps five versions", async () => {
  const { devices } = await startDevices();
  for (let number = 0; number < 9; number += 1) {
    await devices.policies.put("p", allow("iot:Connect", arn(`client/${number}`)));
  }
  const policy = devices.policies.get("p")!;
  expect(policy.versions.map((one) => one.id)).toEqual(["5", "6", "7", "8", "9"]);
  expect(policy.defaultVersionId).toBe("9");
});

test("what goes from the template goes, but for what something of another hand hangs on", async () => {
  const { devices, records } = await startDevices({ definitions });
  const other = "eu-central-1:11111111-1111-4111-8111-111111111111";
  await devices.policies.attach("p", other);
  const { devices: after, log } = await startDevices({ records });
  expect([...after.certificates.all(), ...after.things.all()]).toEqual([]);
  expect(after.policies.targetsOf("p")).toEqual([other]);
  expect(log).toEqual([
    `what the template has no more stays ${JSON.stringify({
      kind: "policies",
      name: "p",
      reason: `The policy "p" is attached to "${other}"`,
    })}`,
  ]);
});

test("what cannot be made is told by the key of its place", async () => {
  const { problems } = await startDevices({
    definitions: { ...definitions, certificates: [] },
  });
  const message = `There is no certificate "${id}"`;
  expect(problems).toEqual([
    { key: `device:policyAttachments:p ${principal}`, message },
    { key: `device:thingAttachments:lamp ${principal}`, message },
  ]);
});
