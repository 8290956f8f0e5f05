// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts under test are templates

import { describe, expect, test } from "bun:test";
import { textOf, toBase64, utf8 } from "../../base/mod.ts";
import { MetricSeries } from "../metric-series.ts";
import type {
  ActionDefinition,
  AttributeMap,
  LogEntry,
  Metric,
  ObjectToPut,
  StreamRecord,
} from "../mod.ts";
import { errorsOf, messageOf, role, ruleOf, startEngine } from "../rules-fixture.ts";

const roleArn = role;

/** Everything that the services were asked, and the log. */
function start(action: ActionDefinition, sql = "SELECT * FROM '#'") {
  const asked: unknown[][] = [];
  const note =
    <T extends unknown[]>(what: string) =>
    async (...given: T) => {
      asked.push([what, ...given]);
    };
  const engine = startEngine([ruleOf("r", sql, action)], {
    putItem: note<[string, AttributeMap]>("put"),
    updateItem: note<[string, AttributeMap, AttributeMap]>("update"),
    deleteItem: note<[string, AttributeMap]>("delete"),
    putRecord: note<[StreamRecord]>("record"),
    putObject: note<[ObjectToPut]>("object"),
    writeLog: note<[string, readonly LogEntry[], string]>("log"),
    putMetric(metric: Metric) {
      asked.push(["metric", metric]);
      return metric.name === "full" ? "there are too many" : undefined;
    },
  });
  const tell = async (payload: string, topic = "a") => {
    await engine.tell(messageOf(topic, payload));
    return asked.splice(0);
  };
  return { ...engine, tell };
}

function refusal(action: ActionDefinition): string[] {
  return errorsOf(ruleOf("r", "SELECT * FROM 'a'", action)).map(
    ({ property, message }) => `${property}: ${message}`,
  );
}

describe("republish", () => {
  const headers = {
    payloadFormatIndicator: "UTF8_DATA",
    contentType: "${type}",
    responseTopic: "answers/${topic(1)}",
    correlationData: "${encode(id, 'base64')}",
    messageExpiry: "${seconds}",
    userProperties: [
      { key: "a", value: "1" },
      { key: "b", value: "${id}" },
      { key: "a", value: "2" },
    ],
  };
  const action = { republish: { topic: "out", roleArn, headers } };

  test("gives the message its headers, user properties in their order", async () => {
    const { tell, published } = start(action);
    await tell('{"type":"text/plain","id":"x-1","seconds":60}');
    expect(published[0]).toMatchObject({
      expirySeconds: 60,
      properties: {
        payloadFormatIndicator: 1,
        contentType: "text/plain",
        responseTopic: "answers/a",
        correlationData: utf8("x-1"),
        userProperties: [
          ["a", "1"],
          ["b", "x-1"],
          ["a", "2"],
        ],
      },
    });
  });

  test("goes without a header that no property can hold, and says so", async () => {
    const { tell, published, log } = start({
      republish: {
        topic: "out",
        roleArn,
        headers: {
          payloadFormatIndicator: "${f}",
          contentType: "${f}",
          responseTopic: "a/#${f}",
          correlationData: "not base64",
          messageExpiry: "${f}",
          userProperties: [{ key: "k", value: "\0" }],
        },
      },
    });
    await tell('{"f":"soon"}');
    expect(published[0]?.properties).toEqual({ contentType: "soon" });
    expect(published[0]).not.toHaveProperty("expirySeconds");
    const dropped = log.map((line) => JSON.parse(line.slice(line.indexOf("{"))).header);
    expect(dropped.sort()).toEqual([
      "correlationData",
      "messageExpiry",
      "payloadFormatIndicator",
      "responseTopic",
      "userProperties k",
    ]);
  });
});

describe("dynamoDB", () => {
  const base = { tableName: "t", roleArn, hashKeyField: "id", hashKeyValue: "${id}" };
  const ranged = { ...base, rangeKeyField: "at", rangeKeyType: "NUMBER", rangeKeyValue: "${at}" };

  test("puts an item of key and payload, JSON as native attributes", async () => {
    const { tell } = start({ dynamoDB: { ...ranged, rangeKeyType: "NUMBER" } });
    expect(await tell('{"id":"x","at":7,"more":[1.5,null]}')).toEqual([
      [
        "put",
        "t",
        {
          payload: {
            M: { id: { S: "x" }, at: { N: "7" }, more: { L: [{ N: "1.5" }, { NULL: true }] } },
          },
          id: { S: "x" },
          at: { N: "7" },
        },
      ],
    ]);
  });

  test("keeps what is no JSON as bytes, under the field that is named", async () => {
    const action = { ...base, hashKeyValue: "${topic(2)}", payloadField: "raw_${topic(1)}" };
    const { tell } = start({ dynamoDB: action });
    expect(await tell("\u0001\u0002", "a/k")).toEqual([
      ["put", "t", { raw_a: { B: toBase64(utf8("\u0001\u0002")) }, id: { S: "k" } }],
    ]);
  });

  test("updates and deletes by the operation that the message names", async () => {
    const { tell } = start({ dynamoDB: { ...base, operation: "${op}" } }, "SELECT v FROM 'a'");
    expect(await tell('{"id":"x","op":"UPDATE","v":true}')).toEqual([
      ["update", "t", { id: { S: "x" } }, { payload: { M: { v: { BOOL: true } } } }],
    ]);
    expect(await tell('{"id":"x","op":"DELETE"}')).toEqual([["delete", "t", { id: { S: "x" } }]]);
  });

  test.each([
    ["an empty key", {}, '{"at":1}', 'value of key \\"id\\" is empty'],
    ["a number that is none", {}, '{"id":"x","at":"noon"}', "is no number"],
    ["an unknown operation", { operation: "${op}" }, '{"id":"x","at":1,"op":"PUT"}', "is none of"],
    ["a payload that is the key", { payloadField: "at" }, '{"id":"x","at":1}', "is a key of"],
  ])("fails for %s", async (_, more, payload, reason) => {
    const { tell, log } = start({ dynamoDB: { ...ranged, rangeKeyType: "NUMBER", ...more } });
    expect(await tell(payload)).toEqual([]);
    expect(log[0]).toContain(reason);
  });

  test("a long text that is nearly a number does not hold the server up", async () => {
    const { tell, log } = start({ dynamoDB: ranged });
    expect(await tell(`{"id":"x","at":"${"1".repeat(120_000)}x"}`)).toEqual([]);
    expect(log[0]).toContain("is no number");
  });

  test("wants field and value of the range key together", () => {
    expect(refusal({ dynamoDB: { ...base, rangeKeyValue: "x" } })[0]).toStartWith(
      "actions[0].dynamoDB.rangeKeyField: ",
    );
  });
});

describe("kinesis", () => {
  test("puts the bytes under the key, or under a random one", async () => {
    const { tell } = start({ kinesis: { streamName: "s", partitionKey: "${topic()}", roleArn } });
    expect(await tell("raw \u0001")).toEqual([
      ["record", { streamName: "s", partitionKey: "a", data: utf8("raw \u0001") }],
    ]);
    const random = start({ kinesis: { streamName: "s", roleArn } });
    const [[, record]] = (await random.tell("{}")) as [[string, StreamRecord]];
    expect(record.partitionKey).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("fails for an empty key, and one that is too long", async () => {
    const { tell, log } = start({ kinesis: { streamName: "s", partitionKey: "${k}", roleArn } });
    expect(await tell("{}")).toEqual([]);
    expect(await tell(`{"k":"${"x".repeat(257)}"}`)).toEqual([]);
    expect(log).toHaveLength(2);
  });
});

test("s3 puts the bytes under the key, and fails without one", async () => {
  const { tell, log } = start({ s3: { bucketName: "b", key: "${k}/${topic()}", roleArn } });
  const [[, object]] = (await tell('{"k":"x"}')) as [[string, ObjectToPut]];
  expect([object.bucketName, object.key, textOf(object.bytes)]).toEqual(["b", "x/a", '{"k":"x"}']);
  const empty = start({ s3: { bucketName: "b", key: "${nothing}", roleArn } });
  expect(await empty.tell("{}")).toEqual([]);
  expect(empty.log[0]).toContain("the key is empty");
  expect(await tell(`{"k":"${"ä".repeat(512)}"}`)).toEqual([]);
  expect(log[0]).toContain("more than 1024 bytes");
});

const batchAt = (timestamp: number) => JSON.stringify([{ timestamp, message: "m" }]);

describe("cloudwatchLogs", () => {
  test("writes a line, or each of a batch with its time", async () => {
    const line = start({ cloudwatchLogs: { logGroupName: "g", roleArn } });
    const timestampMs = line.clock.now();
    expect(await line.tell('{"a":1}')).toEqual([
      ["log", "g", [{ timestampMs, message: '{"a":1}' }], "r"],
    ]);
    const batch = start({ cloudwatchLogs: { logGroupName: "g", batchMode: true, roleArn } });
    expect(await batch.tell('[{"timestamp":5,"message":"m"}]')).toEqual([
      ["log", "g", [{ timestampMs: 5, message: "m" }], "r"],
    ]);
  });

  test.each(['[{"timestamp":5}]', batchAt(-1), batchAt(8.64e15), batchAt(253_402_300_800_000)])(
    "takes what is no batch for one line: %s",
    async (message) => {
      const batch = start({ cloudwatchLogs: { logGroupName: "g", batchMode: true, roleArn } });
      expect(await batch.tell(message)).toMatchObject([["log", "g", [{ message }], "r"]]);
    },
  );

  test("fails for bytes that are no text", async () => {
    const engine = startEngine(
      [ruleOf("r", "SELECT * FROM 'a'", { cloudwatchLogs: { logGroupName: "g", roleArn } })],
      { writeLog: async () => {} },
    );
    await engine.tell({ ...messageOf("a", ""), payload: new Uint8Array([0xff]) });
    expect(engine.log[0]).toContain("not text");
  });
});

describe("cloudwatchMetric", () => {
  const metric = { metricNamespace: "n", metricName: "${m}", metricValue: "${v}", roleArn };
  const action = { cloudwatchMetric: { ...metric, metricUnit: "Count", metricTimestamp: "${at}" } };

  test("puts the value with its time in seconds", async () => {
    const { tell } = start(action);
    expect(await tell('{"m":"speed","v":"1.5","at":7}')).toEqual([
      ["metric", { namespace: "n", name: "speed", unit: "Count", value: 1.5, timestampMs: 7000 }],
    ]);
  });

  test.each([
    ["no name", '{"v":1,"at":1}', "is empty"],
    ["a long name", `{"m":"${"x".repeat(256)}","v":1,"at":1}`, "has more than 255 characters"],
    ["no number", '{"m":"x","v":"fast","at":1}', "is no number"],
    ["a number that is not decimal", '{"m":"x","v":"0x1f","at":1}', "is no number"],
    ["no time", '{"m":"x","v":1,"at":"noon"}', "is no time"],
    ["no room", '{"m":"full","v":1,"at":1}', "there are too many"],
  ])("fails for %s", async (_, payload, reason) => {
    const { tell, log } = start(action);
    await tell(payload);
    expect(log[0]).toContain(reason);
  });

  test("a long text that is nearly a number does not hold the server up", async () => {
    const { tell, log } = start(action);
    expect(await tell(`{"m":"x","v":"${"1".repeat(120_000)}x","at":1}`)).toEqual([]);
    expect(log[0]).toContain("is no number");
  });

  test("is counted in so many series and no more", () => {
    const series = new MetricSeries(1);
    const put = (name: string, value: number, timestampMs: number) =>
      series.put({ namespace: "n", name, unit: "None", value, timestampMs });
    expect([put("a", 3, 20), put("a", 5, 10), put("b", 1, 1)]).toEqual([
      undefined,
      undefined,
      "there are 1 series of metrics already, no more are taken",
    ]);
    const values = series
      .figures()
      .map((figure) => "samples" in figure && figure.samples[0]?.value);
    expect(values).toEqual([2, 8, 3, 1]);
  });
});

describe("names may come from the message", () => {
  const payload = '{"n":"x-1","k":"NUMBER","id":7,"data":[]}';
  const key = { hashKeyField: "${n}_id", hashKeyType: "${k}", hashKeyValue: "${id}" };

  // The action's pages of the developer guide: "Supports substitution templates: API and AWS CLI".
  test.each<[string, ActionDefinition, unknown[]]>([
    [
      "of a table and its keys",
      { dynamoDB: { tableName: "t_${n}", ...key, roleArn, operation: "DELETE" } },
      ["delete", "t_x-1", { "x-1_id": { N: "7" } }],
    ],
    [
      "of a table for items",
      { dynamoDBv2: { putItem: { tableName: "${topic()}" }, roleArn } },
      ["put", "a", { n: { S: "x-1" }, k: { S: "NUMBER" }, id: { N: "7" }, data: { L: [] } }],
    ],
    [
      "of a bucket",
      { s3: { bucketName: "b-${n}", key: "k", roleArn } },
      ["object", { bucketName: "b-x-1", key: "k", bytes: utf8(payload) }],
    ],
    [
      "of a stream",
      { kinesis: { streamName: "${topic()}", partitionKey: "p", roleArn } },
      ["record", { streamName: "a", partitionKey: "p", data: utf8(payload) }],
    ],
    [
      "of a log group",
      { cloudwatchLogs: { logGroupName: "/lab/${n}", batchMode: false, roleArn } },
      ["log", "/lab/x-1", [expect.objectContaining({ message: payload })], "r"],
    ],
  ])("%s", async (_, action, asked) => {
    const { tell } = start(action);
    expect(await tell(payload)).toEqual([asked]);
  });

  test("of a function, with what stands behind it", async () => {
    const functionArn = "arn:aws:lambda:us-east-1:123456789012:function:${topic()}:${stage}";
    const { tell, invoked, log } = start({ lambda: { functionArn } });
    await tell('{"stage":"live"}');
    await tell('{"stage":"a b"}');
    expect(invoked).toEqual([{ name: "a", event: '{"stage":"live"}', qualifier: "live" }]);
    expect(log).toEqual([expect.stringContaining(':a:a b\\" names no function')]);
  });

  test.each<[ActionDefinition, string]>([
    [{ dynamoDB: { tableName: "${no}", ...key, roleArn } }, "the name of the table is empty"],
    [
      { dynamoDB: { tableName: "t", ...key, hashKeyField: "${no}", roleArn } },
      "the name of a key is empty",
    ],
    [
      {
        dynamoDB: { tableName: "t", ...key, rangeKeyField: "x-1_id", rangeKeyValue: "1", roleArn },
      },
      "is the name of both keys",
    ],
    [
      { dynamoDB: { tableName: "t", ...key, hashKeyType: "${n}", roleArn } },
      "is neither STRING nor NUMBER",
    ],
    [
      { dynamoDBv2: { putItem: { tableName: "${no}" }, roleArn } },
      "the name of the table is empty",
    ],
    [{ s3: { bucketName: "${no}", key: "k", roleArn } }, "the name of the bucket is empty"],
    [{ kinesis: { streamName: "a/${n}", roleArn } }, "is not the name of a stream"],
    [{ cloudwatchLogs: { logGroupName: "${no}", roleArn } }, "is not the name of a log group"],
  ])("and one that is none is a failure: %j", async (action, reason) => {
    const { tell, log } = start(action);
    expect(await tell(payload)).toEqual([]);
    expect(log).toEqual([expect.stringContaining(reason)]);
  });
});

describe("an action is refused when the rule is loaded", () => {
  test.each<[string, ActionDefinition, string]>([
    ["without streams", { kinesis: { streamName: "s", roleArn } }, "actions[0].kinesis.streamName"],
    ["without buckets", { s3: { bucketName: "b", key: "k", roleArn } }, "actions[0].s3.bucketName"],
    [
      "with a topic that is none, whatever the message",
      { republish: { topic: "a/#", roleArn } },
      "actions[0].republish.topic",
    ],
    [
      "with a template that is wrong, deep inside",
      {
        republish: {
          topic: "a",
          roleArn,
          headers: { userProperties: [{ key: "k", value: "${nope()}" }] },
        },
      },
      "actions[0].republish.headers.userProperties[0].value",
    ],
  ])("%s", (_, action, property) => {
    expect(refusal(action)[0]).toStartWith(`${property}: `);
  });
});
