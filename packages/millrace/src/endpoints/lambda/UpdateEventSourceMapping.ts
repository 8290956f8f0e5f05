/** Lambda UpdateEventSourceMapping: what is not named stays; its place in the stream does too. */

import {
  mappingMembers,
  mappingPath,
  readMapping,
  refusedMapping,
  tellMapping,
} from "./event-source-mapping.ts";
import { done, no, type Route } from "./operation.ts";

export const updateEventSourceMapping: Route = {
  operation: "UpdateEventSourceMapping",
  method: "PUT",
  path: mappingPath,
  members: mappingMembers,
  async perform(call) {
    const read = readMapping(call.body);
    if ("refusal" in read) return no(read.refusal);
    const outcome = await call.triggers.update(call.name, read.changes);
    if (!outcome.ok) return refusedMapping(outcome.problem);
    return done(202, tellMapping(outcome.trigger, call));
  },
};
