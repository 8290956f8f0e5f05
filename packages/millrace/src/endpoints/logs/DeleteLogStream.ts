/** DeleteLogStream: with all its events. */

import { readGroupName, readStreamName } from "./names.ts";
import { answer, type LogsOperation, problem } from "./operation.ts";

export const deleteLogStream: LogsOperation = {
  members: { logGroupName: "string", logStreamName: "string" },
  async perform(call) {
    const group = readGroupName(call);
    if (typeof group !== "string") return group;
    const stream = readStreamName(call);
    if (typeof stream !== "string") return stream;
    const deleted = await call.logs.deleteStream(group, stream);
    return deleted.ok ? answer() : problem(deleted.problem);
  },
};
