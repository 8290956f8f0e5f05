/**
 * Functions that ask other services. What they are asked with is checked here; an argument without
 * a value is a failure like the service's own, which `get_or_default` can put right.
 */

import { fromBase64, toBase64, utf8 } from "../../base/mod.ts";
import type { ExternalServices, Secret } from "../external/services.ts";
import { ExternalFailure } from "../failure.ts";
import { sqlLimits } from "../limits.ts";
import type { Run } from "../run.ts";
import { toText } from "../values/convert.ts";
import { readJson } from "../values/json-read.ts";
import { writeJson } from "../values/json-write.ts";
import type { Value } from "../values/value.ts";
import { emptyObjectFor, entriesOf, isObject, memberOf, put } from "../values/value.ts";
import type { SqlVersion } from "../version.ts";
import type { FunctionDefinition, FunctionTable, LiteralRule } from "./definition.ts";

type Ports = Required<ExternalServices>;

/** What is to be asked, once the arguments have been found good. */
type Ask = (run: Run, values: readonly Value[]) => () => Promise<Value>;

interface Asking<Name extends keyof Ports> {
  readonly name: string;
  readonly service: Name;
  readonly counts: readonly [min: number, max: number, except?: number];
  /** How often one evaluation may ask; absent: as often as it may ask at all. */
  readonly max?: number;
  readonly starAt?: number;
  readonly literals: (count: number) => readonly LiteralRule[];
  readonly ask: (port: Ports[Name]) => Ask;
}

function asking<Name extends keyof Ports>(setting: Asking<Name>): FunctionDefinition {
  const { name, service, counts, max = sqlLimits.externalCallsMax, starAt, literals } = setting;
  const [argumentsMin, argumentsMax, argumentsExcept] = counts;
  return {
    argumentsMin,
    argumentsMax,
    ...(argumentsExcept === undefined ? {} : { argumentsExcept }),
    since2016: service !== "invoke" && service !== "predict",
    ...(starAt === undefined ? {} : { starAt }),
    literals,
    body: {
      kind: "external",
      service,
      bind: (services) => {
        const ask = setting.ask(services[service] as Ports[Name]);
        return (run, ...values) => {
          const question = { name, max, ask: ask(run, values) };
          return run.answers!.take(question);
        };
      },
    },
  };
}

const last = (count: number): LiteralRule => ({ place: count - 1 });

export const externalFunctions: FunctionTable = {
  aws_lambda: asking({
    name: "aws_lambda",
    service: "invoke",
    counts: [2, 2],
    starAt: 1,
    literals: () => [{ place: 0 }],
    ask:
      (invoke) =>
      (run, [functionArn, input]) => {
        if (input === undefined) throw new ExternalFailure('"aws_lambda" has no input in JSON');
        const event = utf8(writeJson(input, run.version));
        return answerOf(run.version, () => invoke(String(functionArn), event));
      },
  }),
  get_dynamodb: asking({
    name: "get_dynamodb",
    service: "readItem",
    counts: [4, 6, 5],
    max: sqlLimits.tableReadsMax,
    literals: (count) => [last(count)],
    ask: (readItem) => (run, values) => {
      const [table, ...rest] = values.slice(0, -1);
      const tableName = textFor("get_dynamodb", table, run);
      const key: { name: string; value: Value }[] = [];
      for (let at = 0; at < rest.length; at += 2) {
        const name = textFor("get_dynamodb", rest[at], run);
        const value = rest[at + 1];
        if (value === undefined) throw new ExternalFailure('"get_dynamodb" has no value of a key');
        key.push({ name, value });
      }
      const roleArn = String(values.at(-1));
      return answerOf(run.version, () => readItem({ tableName, key, roleArn }));
    },
  }),
  get_registry_data: asking({
    name: "get_registry_data",
    service: "readRegistry",
    counts: [3, 3],
    max: sqlLimits.registryReadsMax,
    literals: (count) => [
      { place: 0, texts: ["DescribeThing", "ListThingGroupsForThing"] },
      last(count),
    ],
    ask:
      (readRegistry) =>
      (run, [operation, thing, role]) => {
        const thingName = textFor("get_registry_data", thing, run);
        const read = { operation: operation as "DescribeThing", thingName, roleArn: String(role) };
        return answerOf(run.version, () => readRegistry(read));
      },
  }),
  get_secret: asking({
    name: "get_secret",
    service: "readSecret",
    counts: [3, 4],
    literals: (count) => [{ place: 1, texts: ["SecretString", "SecretBinary"] }, last(count)],
    ask: (readSecret) => (run, values) => {
      const secretId = textFor("get_secret", values[0], run);
      const key = values.length === 4 ? textFor("get_secret", values[2], run) : undefined;
      const isBinary = values[1] === "SecretBinary";
      return async () => {
        const secret = await readSecret(secretId, String(values.at(-1)));
        return isBinary ? binaryOf(secret, key) : contentOf(secret, key, run.version);
      };
    },
  }),
  get_thing_shadow: asking({
    name: "get_thing_shadow",
    service: "readShadow",
    counts: [2, 3],
    literals: (count) => [last(count)],
    ask: (readShadow) => (run, values) => {
      const thingName = textFor("get_thing_shadow", values[0], run);
      const named = values.length === 3;
      const shadowName = named ? textFor("get_thing_shadow", values[1], run) : undefined;
      const read = { thingName, shadowName, roleArn: String(values.at(-1)) };
      return answerOf(run.version, () => readShadow(read));
    },
  }),
  machinelearning_predict: asking({
    name: "machinelearning_predict",
    service: "predict",
    counts: [3, 3],
    literals: () => [{ place: 1 }],
    ask:
      (predict) =>
      (run, [model, role, record]) => {
        const modelId = textFor("machinelearning_predict", model, run);
        const prediction = { modelId, record: flatRecord(record, run), roleArn: String(role) };
        return answerOf(run.version, () => predict(prediction));
      },
  }),
  // No name of the language: what the parser makes of `decode` with the scheme 'proto'.
  "decode proto": asking({
    name: "decode",
    service: "decodeProtobuf",
    counts: [6, 6],
    max: sqlLimits.protobufDecodesMax,
    starAt: 0,
    literals: () => [2, 3, 4, 5].map((place) => ({ place })),
    ask:
      (decodeProtobuf) =>
      (run, [source, , bucket, key, protoName, messageType]) => {
        const message = {
          bytes: bytesToDecode(source, run),
          bucket: String(bucket),
          key: String(key),
          protoName: String(protoName),
          messageType: String(messageType),
        };
        return answerOf(run.version, () => decodeProtobuf(message));
      },
  }),
};

/** No text is no value: what was asked for is not there. */
function answerOf(
  version: SqlVersion,
  ask: () => Promise<string | undefined>,
): () => Promise<Value> {
  return async () => {
    const text = await ask();
    return text === undefined ? undefined : valueFromJson(text, version);
  };
}

function valueFromJson(text: string, version: SqlVersion): Value {
  const value = readJson(text, version);
  if (value === undefined) throw new ExternalFailure("the answer is not JSON");
  return value;
}

function textFor(name: string, value: Value, run: Run): string {
  const text = toText(value, run);
  if (text === undefined) throw new ExternalFailure(`"${name}" has an argument without a value`);
  return text;
}

/** A record has one layer: values that are none of the simple types become their JSON. */
function flatRecord(record: Value, run: Run): string {
  if (!isObject(record)) {
    throw new ExternalFailure('"machinelearning_predict" has no record that is an object');
  }
  const entries = [...entriesOf(record)];
  const flat = emptyObjectFor(entries.map(([key]) => key));
  for (const [key, value] of entries) {
    const isNested = Array.isArray(value) || isObject(value);
    put(flat, key, isNested ? writeJson(value, run.version) : value);
  }
  return writeJson(flat, run.version);
}

/** What a secret of text holds: JSON, of it the member of that key, or the text as it is. */
function contentOf({ text }: Secret, key: string | undefined, version: SqlVersion): Value {
  if (text === undefined) throw new ExternalFailure("the secret has no SecretString");
  const value = readJson(text, version);
  if (key === undefined) return isObject(value) ? value : text;
  if (!isObject(value)) throw new ExternalFailure("the secret is not a JSON object");
  const member = memberOf(value, key);
  if (member === undefined) throw new ExternalFailure(`the secret has no key "${key}"`);
  return member;
}

function binaryOf({ bytes }: Secret, key: string | undefined): Value {
  if (key !== undefined) throw new ExternalFailure("a binary secret has no keys");
  if (!bytes) throw new ExternalFailure("the secret has no SecretBinary");
  return toBase64(bytes);
}

/** The payload for `*`, which comes in base64; else the base64 that a message holds. */
function bytesToDecode(source: Value, run: Run): Uint8Array {
  const bytes = typeof source === "string" ? fromBase64(source) : undefined;
  if (!bytes) throw new ExternalFailure('"decode" has no text in base64');
  run.spend(bytes.length >> 3);
  return bytes;
}
