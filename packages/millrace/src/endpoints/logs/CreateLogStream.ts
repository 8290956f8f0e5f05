/** CreateLogStream. */

import { readGroupName, readStreamName } from "./names.ts";
import { answer, type LogsOperation, problem } from "./operation.ts";

export const createLogStream: LogsOperation = {
  members: { logGroupName: "string", logStreamName: "string" },
  async perform(call) {
    const group = readGroupName(call);
    if (typeof group !== "string") return group;
    const stream = readStreamName(call);
    if (typeof stream !== "string") return stream;
    const made = await call.logs.createStream(group, stream);
    return made.ok ? answer() : problem(made.problem, "stream");
  },
};
