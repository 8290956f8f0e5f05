/** iot ListTopicRuleDestinations: `GET /destinations`, in the order of their ids. */

import type { Destination } from "../../rules/mod.ts";
import { pageMembers, pageOf, readPage } from "../page.ts";
import { Query } from "../query.ts";
import { invalid, type Outcome } from "./answers.ts";
import { destinationSummary } from "./destinations.ts";
import type { IotCall } from "./operation.ts";

const list = "topic rule destinations";
const countBound = 1_000;

export function listTopicRuleDestinations(call: IotCall): Outcome {
  const query = new Query(call, "ListTopicRuleDestinations", pageMembers);
  const { after, countMax } = readPage(query, { list, countDefault: countBound, countBound });
  if (query.problem) return invalid(query.problem);
  const placeOf = ({ id }: Destination) => id;
  const found = call.ports.destinations.list(after);
  const { entries, nextToken } = pageOf(found, { list, countMax, placeOf });
  const destinationSummaries = entries.map((one) => destinationSummary(call, one));
  return { body: { destinationSummaries, nextToken: nextToken ?? undefined } };
}
