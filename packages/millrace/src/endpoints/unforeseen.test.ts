import { afterAll, expect, test } from "bun:test";
import { WorldError } from "../base/mod.ts";
import { openDoor } from "./door-fixture.ts";

const place = "/srv/shop/.millrace/records.db";
const full = () => new WorldError("DISK_FULL", `cannot commit to "${place}": disk is full`);
const door = await openDoor();
afterAll(door.close);

const failing = () => Promise.reject(full());
Object.assign(door.records, { update: failing, write: failing });
Object.defineProperty(door.state, "invokeResult", {
  get() {
    throw full();
  },
});

const roleArn = "arn:aws:iam::111122223333:role/r";
const rule = { sql: "SELECT * FROM 'a'", actions: [{ republish: { topic: "b", roleArn } }] };
const target = {
  ServiceNamespace: "dynamodb",
  ResourceId: "table/plain",
  ScalableDimension: "dynamodb:table:ReadCapacityUnits",
  MinCapacity: 1,
  MaxCapacity: 2,
};

interface Call {
  readonly path?: string;
  readonly operation?: string;
  readonly body: object;
}

interface Told {
  readonly status: number;
  readonly type?: string;
  readonly body: object;
}

const cases: readonly (readonly [what: string, Call, Told])[] = [
  [
    "tables",
    {
      operation: "DynamoDB_20120810.PutItem",
      body: { TableName: "plain", Item: { pk: { S: "a" } } },
    },
    {
      status: 500,
      body: {
        __type: "com.amazonaws.dynamodb.v20120810#InternalServerError",
        message: "Internal server error",
      },
    },
  ],
  [
    "logs",
    { operation: "Logs_20140328.CreateLogGroup", body: { logGroupName: "new" } },
    {
      status: 500,
      body: {
        __type: "ServiceUnavailableException",
        message: "The service cannot complete the request.",
      },
    },
  ],
  [
    "buses",
    { operation: "AWSEvents.CreateEventBus", body: { Name: "new" } },
    {
      status: 500,
      body: {
        __type: "InternalException",
        message: "This exception occurs due to unexpected causes.",
      },
    },
  ],
  [
    "scaling",
    { operation: "AnyScaleFrontendService.RegisterScalableTarget", body: target },
    {
      status: 500,
      body: {
        __type: "InternalServiceException",
        message: "The service encountered an internal error.",
      },
    },
  ],
  [
    "rules",
    { path: "/rules/new", body: rule },
    {
      status: 503,
      type: "ServiceUnavailableException",
      body: { message: "The service is temporarily unavailable." },
    },
  ],
  [
    "functions",
    { path: "/2015-03-31/functions/greet/invocations", body: {} },
    {
      status: 500,
      type: "ServiceException",
      body: { Type: "Service", Message: "The Lambda service encountered an internal error." },
    },
  ],
];

test.each(cases)(
  "what fails in %s is told in its own words, how it fails to the log",
  async (...given) => {
    const [, { path = "/", operation, body }, told] = given;
    door.errors.length = 0;
    const answer = await fetch(door.url + path, {
      method: "POST",
      headers: {
        authorization: "AWS4-HMAC-SHA256 Credential=none/20260101/eu-central-1/any/aws4_request",
        ...(operation && { "x-amz-target": operation }),
      },
      body: JSON.stringify(body),
    });
    const type = answer.headers.get("x-amzn-errortype") ?? undefined;
    expect({ status: answer.status, type, body: await answer.json() }).toEqual(told as never);
    const request = answer.headers.get("x-amzn-requestid")!;
    const { message: error } = full();
    expect(door.errors).toMatchObject([{ request, path, code: "DISK_FULL", error }]);
  },
);
