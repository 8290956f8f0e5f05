/**
 * iotdata ListSubscriptions: `GET /connections/{clientId}/subscriptions`, in the order in which
 * they were made; also of a client that is away, while its session is kept.
 */

import { pageMembers, pageOf, readPage } from "../page.ts";
import { Query } from "../query.ts";
import { failure, type Outcome } from "./answers.ts";
import { readClientId } from "./labels.ts";
import type { IotDataCall } from "./operation.ts";

const countDefault = 20;

export function listSubscriptions(call: IotDataCall): Outcome {
  const query = new Query(call, "ListSubscriptions", pageMembers);
  const clientId = readClientId(call);
  if (typeof clientId !== "string") return clientId;
  const list = `subscriptions of ${clientId}`;
  const { after = "0", countMax } = readPage(query, { list, countDefault });
  if (query.problem) return failure("InvalidRequestException", query.problem);
  const subscriptions = call.ports.broker.subscriptionsOf(clientId);
  if (!subscriptions) {
    return failure("ResourceNotFoundException", `Client "${clientId}" has no session`);
  }
  const found = [];
  for (const subscription of subscriptions) {
    if (subscription.number > Number(after)) found.push(subscription);
    if (found.length > countMax) break;
  }
  const { entries, nextToken } = pageOf(found, {
    list,
    countMax,
    placeOf: ({ number }) => String(number),
  });
  const shown = entries.map(({ filter, options }) => ({ topicFilter: filter, qos: options.qos }));
  return { body: { subscriptions: shown, nextToken } };
}
