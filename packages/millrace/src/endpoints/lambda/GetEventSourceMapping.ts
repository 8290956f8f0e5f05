/** Lambda GetEventSourceMapping: one, with its state and what its last call came to. */

import { mappingPath, noMapping, tellMapping } from "./event-source-mapping.ts";
import { done, type Route } from "./operation.ts";

export const getEventSourceMapping: Route = {
  operation: "GetEventSourceMapping",
  method: "GET",
  path: mappingPath,
  async perform(call) {
    const found = call.triggers.get(call.name);
    return found ? done(200, tellMapping(found, call)) : noMapping;
  },
};
