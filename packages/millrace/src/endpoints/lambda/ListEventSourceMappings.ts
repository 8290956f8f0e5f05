/** Lambda ListEventSourceMappings: all, or those of a function or of an event source. */

import { invalidParameter } from "./answers.ts";
import { mappingsPath, tellMapping } from "./event-source-mapping.ts";
import { parseFunctionName } from "./function-name.ts";
import { type ControlCall, no, type Route } from "./operation.ts";
import { answerPage, pageQuery } from "./page.ts";

export const listEventSourceMappings: Route = {
  operation: "ListEventSourceMappings",
  method: "GET",
  path: mappingsPath,
  query: [...pageQuery, "EventSourceArn", "FunctionName"],
  perform,
};

async function perform(call: ControlCall) {
  const source = call.query.get("EventSourceArn");
  const text = call.query.get("FunctionName");
  const reference = text === null ? undefined : parseFunctionName(text);
  if (text !== null && !reference) {
    return no(invalidParameter(`"${text}" is no name of a function`));
  }
  const items = call.triggers.list().filter(({ mapping }) => {
    if (source !== null && mapping.streamArn !== source) return false;
    if (!reference) return true;
    const { name, qualifier } = reference;
    return mapping.functionName === name && mapping.qualifier === qualifier;
  });
  return answerPage(call.query, {
    member: "EventSourceMappings",
    items,
    itemsMax: 100,
    keyOf: ({ mapping }) => mapping.id,
    tell: (trigger) => tellMapping(trigger, call),
  });
}
