/** Functions that read the message and its context. */

import { newUuid } from "../../base/mod.ts";
import { toInt } from "../convert.ts";
import { decimalFromDouble } from "../number.ts";
import type { MessageContext } from "../scope.ts";
import type { Value } from "../value.ts";
import type { SqlVersion } from "../version.ts";
import { type FunctionTable, notImplemented, onMessage, since2016 } from "./definition.ts";

export function messageFunctions(version: SqlVersion): FunctionTable {
  return {
    accountid: onMessage((message) => message.accountId),
    clientid: onMessage((message) => message.clientId ?? "n/a"),
    get_mqtt_property: notImplemented,
    get_user_properties: notImplemented,
    newuuid: onMessage((message) => newUuid(message.random)),
    principal: onMessage((message) => message.principal),
    rand: onMessage((message) => decimalFromDouble(message.random.fraction())),
    sourceip: since2016(onMessage((message) => message.sourceIp)),
    sql_version: onMessage(() => version),
    timestamp: onMessage((message) => message.receivedAtMs),
    topic: onMessage(topic, 1),
    traceid: onMessage((message) => message.traceId),
  };
}

/** `topic()`, or with a number the level of that number, from 1; Undefined when there is none. */
function topic(message: MessageContext, ...levels: Value[]): Value {
  if (levels.length === 0) return message.topic;
  const number = toInt(levels[0]);
  return typeof number === "number" ? message.topic.split("/")[number - 1] : undefined;
}
