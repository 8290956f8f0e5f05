/** CreateLogGroup: a group with its tags; keys for encryption and other classes are refused. */

import { readGroupName } from "./names.ts";
import { answer, invalid, type LogsCall, type LogsOperation, problem } from "./operation.ts";
import { readTags } from "./tags.ts";

export const createLogGroup: LogsOperation = {
  members: { logGroupName: "string", tags: "map", logGroupClass: "string" },
  perform,
};

async function perform(call: LogsCall) {
  const name = readGroupName(call);
  if (typeof name !== "string") return name;
  const { logGroupClass = "STANDARD" } = call.input;
  if (logGroupClass !== "STANDARD") {
    return invalid(`The log group class "${logGroupClass}" is not implemented; STANDARD is`);
  }
  const read = readTags(call.input.tags);
  if ("refusal" in read) return read;
  const made = await call.logs.createGroup(name, read);
  return made.ok ? answer() : problem(made.problem);
}
