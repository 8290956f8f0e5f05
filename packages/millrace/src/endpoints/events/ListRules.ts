/** ListRules: those of a bus, by their names. */

import { readBus } from "./names.ts";
import { answer, type EventsOperation, isRefused } from "./operation.ts";
import { pageMembers, pageOf } from "./paging.ts";
import { ruleBody } from "./rule-body.ts";

export const listRules: EventsOperation = {
  members: { NamePrefix: "string", EventBusName: "string", ...pageMembers },
  perform(call) {
    const bus = readBus(call);
    if ("refusal" in bus) return bus;
    const prefix = String(call.input.NamePrefix ?? "");
    const all = call.buses.catalogue.rules(bus.name);
    const rules = all.filter(({ definition }) => definition.name.startsWith(prefix));
    const paged = pageOf(call.input, rules, ({ definition }) => definition.name);
    if (isRefused(paged)) return paged;
    const Rules = paged.page.map((rule) => ruleBody(call, rule));
    return answer({ Rules, NextToken: paged.NextToken });
  },
};
