/** PutRetentionPolicy: how many days a group's events are kept. */

import { retentionDays } from "../../logs/mod.ts";
import { readGroupName } from "./names.ts";
import { answer, constraint, type LogsOperation, problem } from "./operation.ts";

export const putRetentionPolicy: LogsOperation = {
  members: { logGroupName: "string", retentionInDays: "number" },
  async perform(call) {
    const name = readGroupName(call);
    if (typeof name !== "string") return name;
    const days = call.input.retentionInDays;
    if (typeof days !== "number" || !retentionDays.includes(days)) {
      const demand = `satisfy enum value set: [${retentionDays.join(", ")}]`;
      return constraint("retentionInDays", days, demand);
    }
    const changed = await call.logs.changeGroup(name, { retentionDays: days });
    return changed.ok ? answer() : problem(changed.problem);
  },
};
