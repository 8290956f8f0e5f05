/** EnableRule and DisableRule: whether a rule matches anything. */

import { busNameOf } from "./names.ts";
import { answer, type EventsOperation, isRefused, problemOf, required } from "./operation.ts";

function setting(isEnabled: boolean): EventsOperation {
  return {
    members: { Name: "string", EventBusName: "string" },
    async perform({ buses, input }) {
      const rule = required<string>(input, "Name");
      if (isRefused(rule)) return rule;
      const bus = busNameOf(input.EventBusName);
      const problem = await buses.catalogue.setEnabled(bus, rule, isEnabled);
      return problem ? problemOf(problem, { bus, rule }) : answer();
    },
  };
}

export const enableRule = setting(true);
export const disableRule = setting(false);
