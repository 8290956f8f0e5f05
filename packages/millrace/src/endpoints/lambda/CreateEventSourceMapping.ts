/** Lambda CreateEventSourceMapping: a stream of a table calls a function from now on. */

import { parseArn } from "../../aws/mod.ts";
import { settingsDefault, tableOfStream } from "../../triggers/mod.ts";
import { invalidParameter } from "./answers.ts";
import { violated } from "./constraints.ts";
import {
  mappingMembers,
  mappingsPath,
  readMapping,
  refusedMapping,
  tellMapping,
} from "./event-source-mapping.ts";
import { type Answer, type ControlCall, done, no, type Route } from "./operation.ts";

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
  if (name === undefined) return no(violated("FunctionName", undefined, "not be null"));
  const read = readMapping(call.body);
  if ("refusal" in read) return no(read.refusal);
  if (typeof arn !== "string") return no(invalidParameter("Unrecognized event source."));
  if (tableOfStream(arn) === undefined) return no(invalidParameter(sourceProblem(arn)));
  if (position === undefined) return no(violated("StartingPosition", undefined, "not be null"));
  if (!positions.includes(String(position))) {
    const rule = `satisfy enum value set: [${positions.join(", ")}]`;
    return no(violated("StartingPosition", position, rule));
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

function sourceProblem(arn: string): string {
  const service = parseArn(arn)?.service;
  if (service === "dynamodb" || service === undefined) {
    return `"${arn}" is not the ARN of a table's stream`;
  }
  return `Event sources of the service "${service}" are not implemented; streams of tables are`;
}
