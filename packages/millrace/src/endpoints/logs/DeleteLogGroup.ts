/** DeleteLogGroup: with all its streams and events. */

import { readGroupName } from "./names.ts";
import { answer, type LogsOperation, problem } from "./operation.ts";

export const deleteLogGroup: LogsOperation = {
  members: { logGroupName: "string" },
  async perform(call) {
    const name = readGroupName(call);
    if (typeof name !== "string") return name;
    const deleted = await call.logs.deleteGroup(name);
    return deleted.ok ? answer() : problem(deleted.problem);
  },
};
