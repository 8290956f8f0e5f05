/** iotdata GetRetainedMessage: `GET /retainedMessage/{topic}`. */

import { toBase64, utf8 } from "../../base/mod.ts";
import { Query } from "../query.ts";
import { failure, type Outcome } from "./answers.ts";
import { readTopic } from "./labels.ts";
import type { IotDataCall } from "./operation.ts";

export function getRetainedMessage(call: IotDataCall): Outcome {
  const { problem } = new Query(call, "GetRetainedMessage");
  if (problem) return failure("InvalidRequestException", problem);
  const topic = readTopic(call);
  if (typeof topic !== "string") return topic;
  const found = call.ports.broker.retained.get(topic);
  if (!found) {
    return failure("ResourceNotFoundException", `No message is retained for topic "${topic}"`);
  }
  const { message, storedAtMs } = found;
  const { payload, qos, properties } = message;
  const userProperties = properties?.userProperties?.map(([name, value]) => ({ [name]: value }));
  return {
    body: {
      topic,
      payload: toBase64(payload),
      qos,
      lastModifiedTime: storedAtMs,
      userProperties: userProperties ? toBase64(utf8(JSON.stringify(userProperties))) : null,
    },
  };
}
