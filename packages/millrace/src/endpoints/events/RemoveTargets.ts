/** RemoveTargets: those with these ids; one that is not there is told, and the others go. */

import { busNameOf } from "./names.ts";
import {
  answer,
  type EventsOperation,
  invalid,
  isRefused,
  problemOf,
  required,
} from "./operation.ts";

export const removeTargets: EventsOperation = {
  members: { Rule: "string", EventBusName: "string", Ids: "list", Force: "boolean" },
  async perform({ buses, input }) {
    const rule = required<string>(input, "Rule");
    if (isRefused(rule)) return rule;
    const ids = required<readonly unknown[]>(input, "Ids");
    if (isRefused(ids)) return ids;
    if (!ids.every((id): id is string => typeof id === "string") || ids.length === 0) {
      return invalid("Ids must be texts, at least one");
    }
    const bus = busNameOf(input.EventBusName);
    const known = buses.catalogue.rule(bus, rule)?.definition.targets.map(({ id }) => id) ?? [];
    const problem = await buses.catalogue.removeTargets(bus, rule, ids);
    if (problem) return problemOf(problem, { bus, rule });
    const FailedEntries = ids
      .filter((id) => !known.includes(id))
      .map((TargetId) => ({
        TargetId,
        ErrorCode: "ResourceNotFoundException",
        ErrorMessage: `Target ${TargetId} does not exist on rule ${rule}.`,
      }));
    return answer({ FailedEntryCount: FailedEntries.length, FailedEntries });
  },
};
