import { afterAll, expect, test } from "bun:test";
import {
  ConfirmTopicRuleDestinationCommand,
  CreateTopicRuleDestinationCommand,
  DeleteTopicRuleDestinationCommand,
  GetTopicRuleDestinationCommand,
  IoTClient,
  ListTopicRuleDestinationsCommand,
  UpdateTopicRuleDestinationCommand,
} from "@aws-sdk/client-iot";
import { clientOptions, openDoor } from "../door-fixture.ts";

const door = await openDoor();
const iot = new IoTClient(clientOptions(door.url));
afterAll(() => door.close());

async function create(confirmationUrl: string) {
  const destinationConfiguration = { httpUrlConfiguration: { confirmationUrl } };
  const command = new CreateTopicRuleDestinationCommand({ destinationConfiguration });
  const { topicRuleDestination } = await iot.send(command);
  return topicRuleDestination!;
}

function tokenOf(confirmationUrl: string): string {
  const question = door.questions.find((url) => url.startsWith(confirmationUrl));
  return new URL(question ?? "").searchParams.get("confirmationToken") ?? "";
}

async function statusOf(arn: string | undefined) {
  const { topicRuleDestination } = await iot.send(new GetTopicRuleDestinationCommand({ arn }));
  return topicRuleDestination?.status;
}

test("a destination is asked at its URL, and enabled by whoever opens the URL with the token", async () => {
  const made = await create("https://a.example.com/in");
  expect(made).toMatchObject({
    status: "IN_PROGRESS",
    httpUrlProperties: { confirmationUrl: "https://a.example.com/in" },
  });
  const foreign = [/\d{12}/, /eu-central-1/].map((part) => made.arn?.replace(part, "111111111111"));
  for (const arn of foreign) {
    const get = iot.send(new GetTopicRuleDestinationCommand({ arn }));
    await expect(get).rejects.toMatchObject({ name: "InvalidRequestException" });
    const update = iot.send(new UpdateTopicRuleDestinationCommand({ arn, status: "DISABLED" }));
    await expect(update).rejects.toMatchObject({ name: "InvalidRequestException" });
  }
  expect(made.arn).toMatch(/^arn:aws:iot:eu-central-1:000000000000:ruledestination\/http\/[\w-]+$/);
  const token = tokenOf("https://a.example.com/in/?");
  expect((await fetch(`${door.url}/confirmdestination/${token}`)).status).toBe(200);
  expect(await statusOf(made.arn)).toBe("ENABLED");
  expect((await fetch(`${door.url}/confirmdestination/${token}`)).status).toBe(400);
});

test("the operation confirms and leaves disabled; then it can be enabled, and deleted", async () => {
  const { arn } = await create("https://b.example.com/");
  const confirmationToken = tokenOf("https://b.example.com/");
  await iot.send(new ConfirmTopicRuleDestinationCommand({ confirmationToken }));
  expect(await statusOf(arn)).toBe("DISABLED");
  await iot.send(new UpdateTopicRuleDestinationCommand({ arn, status: "ENABLED" }));
  expect(await statusOf(arn)).toBe("ENABLED");
  const { destinationSummaries } = await iot.send(new ListTopicRuleDestinationsCommand({}));
  expect(destinationSummaries?.find((one) => one.arn === arn)).toMatchObject({
    status: "ENABLED",
    httpUrlSummary: { confirmationUrl: "https://b.example.com/" },
  });
  await iot.send(new DeleteTopicRuleDestinationCommand({ arn }));
  await expect(statusOf(arn)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("what was not confirmed cannot be enabled, and is asked again when that is wanted", async () => {
  const { arn } = await create("https://c.example.com/");
  const enable = iot.send(new UpdateTopicRuleDestinationCommand({ arn, status: "ENABLED" }));
  await expect(enable).rejects.toMatchObject({ name: "InvalidRequestException" });
  await iot.send(new UpdateTopicRuleDestinationCommand({ arn, status: "IN_PROGRESS" }));
  const asked = door.questions.filter((url) => url.startsWith("https://c.example.com/"));
  expect(new Set(asked).size).toBe(2);
});

test.each(["http://example.com/", "https://example.com:9000/", "https://[::1]/", "not a URL"])(
  "%p is no place to send to",
  async (url) => {
    await expect(create(url)).rejects.toMatchObject({ name: "InvalidRequestException" });
  },
);

test("there is one destination of a URL", async () => {
  await create("http://127.0.0.1:9/");
  await expect(create("http://127.0.0.1:9/")).rejects.toMatchObject({
    name: "ResourceAlreadyExistsException",
  });
});
