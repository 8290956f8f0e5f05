/** DeleteRule: its targets must be gone before. */

import { busNamed } from "./names.ts";
import { answer, type EventsOperation, isRefused, problemOf, required } from "./operation.ts";

export const deleteRule: EventsOperation = {
  members: { Name: "string", EventBusName: "string", Force: "boolean" },
  async perform({ buses, account, input }) {
    const rule = required<string>(input, "Name");
    if (isRefused(rule)) return rule;
    const bus = busNamed(input.EventBusName, account);
    const problem = await buses.catalogue.deleteRule(bus, rule);
    return problem ? problemOf(problem, { bus, rule }) : answer();
  },
};
