/** DeleteRule: its targets must be gone before. */

import { busNameOf } from "./names.ts";
import { answer, type EventsOperation, isRefused, problemOf, required } from "./operation.ts";

export const deleteRule: EventsOperation = {
  members: { Name: "string", EventBusName: "string", Force: "boolean" },
  async perform({ buses, input }) {
    const rule = required<string>(input, "Name");
    if (isRefused(rule)) return rule;
    const bus = busNameOf(input.EventBusName);
    const problem = await buses.catalogue.deleteRule(bus, rule);
    return problem ? problemOf(problem, { bus, rule }) : answer();
  },
};
