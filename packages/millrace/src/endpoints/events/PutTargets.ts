/** PutTargets: adds targets to a rule, or puts them in the place of those with the same ids. */

import { busNameOf } from "./names.ts";
import { answer, type EventsOperation, isRefused, problemOf, required } from "./operation.ts";
import { readTargets } from "./targets.ts";

export const putTargets: EventsOperation = {
  members: { Rule: "string", EventBusName: "string", Targets: "list" },
  async perform({ buses, input }) {
    const rule = required<string>(input, "Rule");
    if (isRefused(rule)) return rule;
    const targets = readTargets(input.Targets);
    if (isRefused(targets)) return targets;
    const bus = busNameOf(input.EventBusName);
    const problem = await buses.catalogue.putTargets(bus, rule, targets);
    if (problem) return problemOf(problem, { bus, rule });
    return answer({ FailedEntryCount: 0, FailedEntries: [] });
  },
};
