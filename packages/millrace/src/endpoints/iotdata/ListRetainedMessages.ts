/** iotdata ListRetainedMessages: `GET /retainedMessage`, in the order of the topics. */

import { pageMembers, pageOf, readPage } from "../page.ts";
import { Query } from "../query.ts";
import { failure, type Outcome } from "./answers.ts";
import type { IotDataCall } from "./operation.ts";

const list = "retained messages";
const countDefault = 200;

export function listRetainedMessages(call: IotDataCall): Outcome {
  const query = new Query(call, "ListRetainedMessages", pageMembers);
  const { after, countMax } = readPage(query, { list, countDefault });
  if (query.problem) return failure("InvalidRequestException", query.problem);
  const found = call.ports.broker.retained.after(after, countMax + 1);
  const { entries, nextToken } = pageOf(found, {
    list,
    countMax,
    placeOf: ({ message }) => message.topic,
  });
  const retainedTopics = entries.map(({ message: { topic, payload, qos }, storedAtMs }) => ({
    topic,
    payloadSize: payload.length,
    qos,
    lastModifiedTime: storedAtMs,
  }));
  return { body: { retainedTopics, nextToken } };
}
