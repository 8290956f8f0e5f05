/** DescribeRule: a rule without its targets. */

import { readRule } from "./names.ts";
import { answer, type EventsOperation } from "./operation.ts";
import { ruleBody } from "./rule-body.ts";

export const describeRule: EventsOperation = {
  members: { Name: "string", EventBusName: "string" },
  perform(call) {
    const rule = readRule(call);
    return "refusal" in rule ? rule : answer(ruleBody(call, rule));
  },
};
