/** Functions that read the message and its context. */

import { newUuid, toBase64 } from "../../base/mod.ts";
import type { MessageContext } from "../message.ts";
import type { Run } from "../run.ts";
import { toInt } from "../values/convert.ts";
import { decimalFromDouble } from "../values/number.ts";
import { emptyObjectFor, put, type Value } from "../values/value.ts";
import { type FunctionDefinition, type FunctionTable, onValues, since2016 } from "./definition.ts";

function onMessage(read: (message: MessageContext) => Value): FunctionDefinition {
  return onValues(0, ({ message }) => read(message));
}

export const messageFunctions: FunctionTable = {
  accountid: onMessage((message) => message.accountId),
  clientid: onMessage((message) => message.clientId ?? "n/a"),
  get_mqtt_property: since2016(onValues(1, propertyOf)),
  get_user_properties: since2016(onValues([0, 1], userPropertiesOf)),
  newuuid: onValues(0, (run) => newUuid(run.random)),
  principal: onMessage((message) => message.principal),
  rand: onValues(0, (run) => decimalFromDouble(run.random.fraction())),
  sourceip: since2016(onMessage((message) => message.sourceIp)),
  sql_version: onValues(0, (run) => run.version),
  timestamp: onMessage((message) => message.receivedAtMs),
  topic: onValues([0, 1], topic),
  traceid: onMessage((message) => message.traceId),
};

/** `topic()`, or with a number the level of that number, from 1; Undefined when there is none. */
function topic({ message }: Run, ...levels: Value[]): Value {
  if (levels.length === 0) return message.topic;
  const number = toInt(levels[0]);
  return typeof number === "number" ? levelOf(message.topic, number) : undefined;
}

/** Without an array of all levels: nearly every template that makes a topic asks for one. */
function levelOf(topic: string, number: number): string | undefined {
  if (number < 1) return undefined;
  let start = 0;
  for (let level = 1; level < number; level += 1) {
    start = topic.indexOf("/", start) + 1;
    if (start === 0) return undefined;
  }
  const end = topic.indexOf("/", start);
  return topic.slice(start, end < 0 ? topic.length : end);
}

function propertyOf({ message: { properties } }: Run, name: Value): Value {
  switch (name) {
    case "format_indicator":
      return properties?.isUtf8 ? "UTF8_DATA" : "UNSPECIFIED_BYTES";
    case "content_type":
      return properties?.contentType;
    case "response_topic":
      return properties?.responseTopic;
    case "correlation_data":
      return properties?.correlationData && toBase64(properties.correlationData);
    default:
      return undefined;
  }
}

/** Every value of one key; without a key an object for each pair, in the order of the packet. */
function userPropertiesOf({ message }: Run, ...keys: Value[]): Value {
  const pairs = message.properties?.userProperties ?? [];
  if (keys.length === 0) return pairs.map(([key, value]) => objectOf(key, value));
  const values = pairs.filter(([key]) => key === keys[0]).map(([, value]) => value);
  return values.length === 0 ? undefined : values;
}

function objectOf(key: string, value: string): Value {
  const object = emptyObjectFor([key]);
  put(object, key, value);
  return object;
}
