/** Lambda DeleteEventSourceMapping: it is gone once the call that it may be in has ended. */

import { mappingPath, refusedMapping, tellMapping } from "./event-source-mapping.ts";
import { done, type Route } from "./operation.ts";

export const deleteEventSourceMapping: Route = {
  operation: "DeleteEventSourceMapping",
  method: "DELETE",
  path: mappingPath,
  async perform(call) {
    const outcome = await call.triggers.remove(call.name);
    if (!outcome.ok) return refusedMapping(outcome.problem);
    return done(202, tellMapping(outcome.trigger, call));
  },
};
