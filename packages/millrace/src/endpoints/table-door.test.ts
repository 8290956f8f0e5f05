import { afterAll, beforeAll, expect, test } from "bun:test";
import { type SigningCredentials, signedHeaders } from "../aws/mod.ts";
import { textOf, utf8 } from "../base/mod.ts";
import { openDoor } from "./door-fixture.ts";

let door: Awaited<ReturnType<typeof openDoor>>;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

interface Asked {
  readonly operation: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly credentials?: Partial<SigningCredentials>;
}

/** Signed with the owner's key, as far as no other credentials are given. */
function headersOf({ operation, body, headers, credentials }: Asked) {
  const key = { ...door.rootKey, ...credentials };
  const target = { "x-amz-target": `DynamoDB_20120810.${operation}` };
  const request = {
    host: new URL(door.url).host,
    region: "eu-central-1",
    service: "dynamodb",
    body,
  };
  return {
    ...signedHeaders({ ...request, headers: target }, key, door.clock.now()),
    ...headers,
  };
}

const client = { ip: "127.0.0.1" };

async function atDoor(asked: Asked) {
  const headers = new Headers(headersOf(asked));
  const head = { method: "POST", url: `${door.url}/`, headers };
  const answer = door.tableDoor.taking(head)!;
  const request = { ...head, body: utf8(asked.body) };
  const { status, headers: shown, body } = await answer(request, client);
  return { status, headers: { ...shown, "x-amzn-requestid": "" }, body: textOf(body) };
}

async function atApiDoor(asked: Asked) {
  const { body } = asked;
  const answer = await fetch(door.url, { method: "POST", headers: headersOf(asked), body });
  const headers = Object.fromEntries(
    ["content-type", "x-amz-crc32"].map((name) => [name, answer.headers.get(name)]),
  );
  return {
    status: answer.status,
    headers: { ...headers, "x-amzn-requestid": "" },
    body: await answer.text(),
  };
}

const wrong = { secretAccessKey: "wrong" };
const key = '{"TableName":"plain","Key":{"pk":{"S":"a"}}}';

test.each<[string, number, Asked]>([
  ["a write", 200, { operation: "PutItem", body: '{"TableName":"plain","Item":{"pk":{"S":"ä"}}}' }],
  ["a read", 200, { operation: "GetItem", body: key }],
  ["a refusal", 400, { operation: "GetItem", body: key.replace("plain", "none") }],
  ["no JSON", 400, { operation: "GetItem", body: "{" }],
  ["an operation that is not there", 400, { operation: "Nothing", body: key }],
  ["an operation that is missing", 400, { operation: "ExportTableToPointInTime", body: key }],
  ["a wrong secret", 400, { operation: "GetItem", body: key, credentials: wrong }],
  [
    "a header that was not signed",
    400,
    { operation: "GetItem", body: key, headers: { "x-amz-extra": "1" } },
  ],
])("%s is answered as at the API door", async (_, status, asked) => {
  const answer = await atDoor(asked);
  expect(answer.status).toBe(status);
  expect(answer).toEqual(await atApiDoor(asked));
});

test("a body that is too large is refused alike", async () => {
  const asked = { operation: "PutItem", body: " ".repeat(17_000_000) };
  const answer = await atDoor(asked);
  expect(answer.status).toBe(413);
  expect(answer).toEqual(await atApiDoor(asked));
});

test("it takes the tables' calls from this machine alone, and none of pages", () => {
  const headers = headersOf({ operation: "GetItem", body: key });
  const takes = (changed: Record<string, string>) =>
    door.tableDoor.taking({
      method: "POST",
      url: `${door.url}/`,
      headers: new Headers({ ...headers, ...changed }),
    }) !== undefined;
  expect(takes({})).toBe(true);
  expect(takes({ host: "localhost:4566" })).toBe(true);
  expect(takes({ host: "millrace.example" })).toBe(false);
  expect(takes({ origin: "http://localhost" })).toBe(false);
  expect(takes({ "x-amz-target": "DynamoDB_20120810.x.GetItem" })).toBe(false);
  expect(takes({ "x-amz-target": "Logs_20140328.PutLogEvents" })).toBe(false);
  expect(takes({ "x-amz-target": "DynamoDBStreams_20120810.ListStreams" })).toBe(false);
});

/** What reads by these credentials are answered, all on the way that the first one's head took. */
function readsBy(credentials: SigningCredentials) {
  const headOf = (changed: Partial<SigningCredentials>, body: string) => {
    const asked = { operation: "GetItem", body, credentials: { ...credentials, ...changed } };
    return { method: "POST", url: `${door.url}/`, headers: new Headers(headersOf(asked)) };
  };
  const answer = door.tableDoor.taking(headOf({}, key))!;
  return async (changed: Partial<SigningCredentials> = {}, signedBody = key) => {
    const request = { ...headOf(changed, signedBody), body: utf8(key) };
    const { status, body } = await answer(request, client);
    return `${status} ${JSON.parse(textOf(body)).__type ?? ""}`;
  };
}

const refusal = "400 com.amazon.coral.service#";

test("what one head was taken for looks at the signature of every request anew", async () => {
  const made = door.identities.accessKeys.make({});
  const read = readsBy(made);
  expect(await read()).toBe("200 ");
  expect(await read(wrong)).toBe(`${refusal}InvalidSignatureException`);
  expect(await read({}, key.replace("a", "b"))).toBe(`${refusal}InvalidSignatureException`);
  expect(await read()).toBe("200 ");
  door.identities.accessKeys.revoke(made.accessKeyId);
  expect(await read()).toBe(`${refusal}UnrecognizedClientException`);
});

test("taken for credentials of a session, it sees them expire", async () => {
  const read = readsBy(door.identities.sessions.issue({ sessionName: "root", keys: {} }, 900));
  expect(await read()).toBe("200 ");
  door.clock.advance(899_000);
  expect(await read()).toBe("200 ");
  door.clock.advance(2_000);
  expect(await read()).toBe(`${refusal}ExpiredTokenException`);
});
