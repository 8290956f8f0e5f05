/** ListRuleNamesByTarget: the rules of a bus that lead to a target. */

import { readBus } from "./names.ts";
import { answer, type EventsOperation, isRefused, required } from "./operation.ts";
import { pageMembers, pageOf } from "./paging.ts";

export const listRuleNamesByTarget: EventsOperation = {
  members: { TargetArn: "string", EventBusName: "string", ...pageMembers },
  perform(call) {
    const bus = readBus(call);
    if ("refusal" in bus) return bus;
    const target = required<string>(call.input, "TargetArn");
    if (isRefused(target)) return target;
    const names = call.buses.catalogue
      .rules(bus.name)
      .filter(({ definition }) => definition.targets.some(({ arn }) => arn === target))
      .map(({ definition }) => definition.name);
    const paged = pageOf(call.input, names, (name) => name);
    if (isRefused(paged)) return paged;
    return answer({ RuleNames: paged.page, NextToken: paged.NextToken });
  },
};
