/** DeleteEventBus: one without rules; the default bus stays. */

import { busNameOf } from "./names.ts";
import { answer, type EventsOperation, isRefused, problemOf, required } from "./operation.ts";

export const deleteEventBus: EventsOperation = {
  members: { Name: "string" },
  async perform({ buses, input }) {
    const given = required<string>(input, "Name");
    if (isRefused(given)) return given;
    const bus = busNameOf(given);
    const problem = await buses.catalogue.deleteBus(bus);
    return problem ? problemOf(problem, { bus }) : answer();
  },
};
