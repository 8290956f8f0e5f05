/** Lambda CreateEventSourceMapping: a stream of a table calls a function from now on. */

import { parseArn } from "../../aws/mod.ts";
import { settingsDefault, tableOfStream } from "../../triggers/mod.ts";
import { invalidParameter } from "./answers.ts";
import {
  mappingMembers,
  mappingsPath,
  readMapping,
  refusedMapping,
  tellMapping,
} from "./event-source-mapping.ts";
import { type Answer, type ControlCall, done, no, outOfRange, type Route } from "./operation.ts";

export const createEventSourceMapping: Route = {
  operation: "CreateEventSourceMapping",
  method: "POST",
  path: mappingsPath,
  members: {
    ...mappingMembers,
    EventSourceArn: "string",
    StartingPosition: "string",
    StartingPositionTimestamp: "number",
  },
  perform,
};

const positions = ["LATEST", "AT_TIMESTAMP", "TRIM_HORIZON"];

async function perform(call: ControlCall): Promise<Answer> {
  const { EventSourceArn: arn, StartingPosition: position, FunctionName: name } = call.body;
  if (name === undefined) return missing("functionName");
  const read = readMapping(call.body);
  if ("refusal" in read) return no(read.refusal);
  if (typeof arn !== "string") return no(invalidParameter("Unrecognized event source."));
  if (tableOfStream(arn) === undefined) return no(invalidParameter(sourceProblem(arn)));
  if (position === undefined) return missing("startingPosition");
  if (!positions.includes(String(position))) {
    const bound = `enum value set: [${positions.join(", ")}]`;
    return outOfRange("StartingPosition", position, bound);
  }
  if (position !== "LATEST" && position !== "TRIM_HORIZON") {
    return no(invalidParameter(`Unsupported starting position for arn type: ${arn}`));
  }
  const { functionName = "", ...changes } = read.changes;
  const outcome = await call.triggers.create({
    ...settingsDefault,
    ...changes,
    functionName,
    streamArn: arn,
    startingPosition: position,
  });
  return outcome.ok
    ? done(202, tellMapping(outcome.trigger, call))
    : refusedMapping(outcome.problem);
}

function missing(where: string): Answer {
  const message =
    `1 validation error detected: Value null at '${where}' failed to satisfy constraint: ` +
    "Member must not be null";
  return no({ status: 400, type: "ValidationException", message });
}

function sourceProblem(arn: string): string {
  const service = parseArn(arn)?.service;
  if (service === "dynamodb" || service === undefined) {
    return `"${arn}" is not the ARN of a table's stream`;
  }
  return `Event sources of the service "${service}" are not implemented; streams of tables are`;
}
