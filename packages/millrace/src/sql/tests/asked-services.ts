/** Services that answer what a table says, for tests. What is not in it is a failure. */

import { textOf, toBase64 } from "../../base/mod.ts";
import type { ExternalServices, Secret, Value } from "../mod.ts";
import { isNumber } from "../mod.ts";

/** By the name of the function: what it is given, as JSON, and what comes back. */
export type AskedServices = { readonly [name: string]: readonly AskedCall[] };

export interface AskedCall {
  readonly given: readonly unknown[];
  readonly answer?: unknown;
  /** The service fails with this. */
  readonly failure?: string;
}

/** Those services that the table names. */
export function servicesOf(asked: AskedServices): ExternalServices {
  const answer = async (name: string, given: readonly unknown[]): Promise<unknown> => {
    const wanted = JSON.stringify(given);
    const call = asked[name]?.find((one) => JSON.stringify(one.given) === wanted);
    if (!call) throw new Error(`"${name}" was not to be called with ${wanted}`);
    if (call.failure !== undefined) throw new Error(call.failure);
    return call.answer;
  };
  // Without an answer it is no text: what is asked for is not there.
  const json = async (name: string, given: readonly unknown[]) =>
    JSON.stringify(await answer(name, given));
  const all: Record<string, ExternalServices> = {
    aws_lambda: {
      invoke: (arn, event) => json("aws_lambda", [arn, JSON.parse(textOf(event))]),
    },
    get_dynamodb: {
      readItem: ({ tableName, key, roleArn }) => {
        const keys = key.flatMap(({ name, value }) => [name, plain(value)]);
        return json("get_dynamodb", [tableName, ...keys, roleArn]);
      },
    },
    get_secret: {
      readSecret: async (secretId, roleArn) =>
        secretOf(await answer("get_secret", [secretId, roleArn])),
    },
    get_thing_shadow: {
      readShadow: ({ thingName, shadowName, roleArn }) => {
        const names = shadowName === undefined ? [thingName] : [thingName, shadowName];
        return json("get_thing_shadow", [...names, roleArn]);
      },
    },
    get_registry_data: {
      readRegistry: ({ operation, thingName, roleArn }) =>
        json("get_registry_data", [operation, thingName, roleArn]),
    },
    machinelearning_predict: {
      predict: ({ modelId, record, roleArn }) =>
        json("machinelearning_predict", [modelId, roleArn, JSON.parse(record)]),
    },
    decode: {
      decodeProtobuf: ({ bytes, bucket, key, protoName, messageType }) =>
        json("decode", [toBase64(bytes), bucket, key, protoName, messageType]),
    },
  };
  return Object.assign({}, ...Object.keys(asked).map((name) => all[name]));
}

function secretOf(answer: unknown): Secret {
  const { text, base64 } = answer as { text?: string; base64?: string };
  if (base64 !== undefined) return { bytes: Buffer.from(base64, "base64") };
  return text === undefined ? {} : { text };
}

/** As JSON has it, which is enough for the keys of tests. */
function plain(value: Value): unknown {
  return isNumber(value) ? Number(value.toString()) : value;
}
