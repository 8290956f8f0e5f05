/** iot ListTopicRules: `GET /rules`, in the order of their names. */

import { isActive, type ManagedRule } from "../../rules/mod.ts";
import { pageMembers, pageOf, readPage } from "../page.ts";
import { Query } from "../query.ts";
import { invalid, type Outcome, wireSeconds } from "./answers.ts";
import type { IotCall } from "./operation.ts";
import { ruleArn } from "./rules.ts";

const list = "topic rules";
const countBound = 10_000;

export function listTopicRules(call: IotCall): Outcome {
  const query = new Query(call, "ListTopicRules", [...pageMembers, "topic", "ruleDisabled"]);
  const { after, countMax } = readPage(query, { list, countDefault: countBound, countBound });
  const topic = query.text("topic");
  const disabled =
    query.text("ruleDisabled") === undefined ? undefined : query.flag("ruleDisabled");
  if (query.problem) return invalid(query.problem);
  const isWished = (managed: ManagedRule) =>
    (topic === undefined || managed.rule?.topicFilter === topic) &&
    (disabled === undefined || isActive(managed) !== disabled);
  const found = call.ports.rules.list(after).filter(isWished);
  const placeOf = ({ name }: ManagedRule) => name;
  const { entries, nextToken } = pageOf(found, { list, countMax, placeOf });
  const rules = entries.map((managed) => ({
    ruleArn: ruleArn(call, managed.name),
    ruleName: managed.name,
    topicPattern: managed.rule?.topicFilter,
    createdAt: wireSeconds(managed.createdAtMs),
    ruleDisabled: !isActive(managed),
  }));
  return { body: { rules, nextToken: nextToken ?? undefined } };
}
