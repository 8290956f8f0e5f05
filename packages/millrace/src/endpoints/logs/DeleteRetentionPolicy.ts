/** DeleteRetentionPolicy: the group's events do not expire any more. */

import { readGroupName } from "./names.ts";
import { answer, type LogsOperation, problem } from "./operation.ts";

export const deleteRetentionPolicy: LogsOperation = {
  members: { logGroupName: "string" },
  async perform(call) {
    const name = readGroupName(call);
    if (typeof name !== "string") return name;
    const changed = await call.logs.changeGroup(name, { retentionDays: undefined });
    return changed.ok ? answer() : problem(changed.problem);
  },
};
