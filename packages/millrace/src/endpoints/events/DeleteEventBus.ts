/** DeleteEventBus: one without rules; the default bus stays. */

import { busNamed } from "./names.ts";
import { answer, type EventsOperation, isRefused, problemOf, required } from "./operation.ts";

export const deleteEventBus: EventsOperation = {
  members: { Name: "string" },
  async perform({ buses, account, input }) {
    const given = required<string>(input, "Name");
    if (isRefused(given)) return given;
    const bus = busNamed(given, account);
    const problem = await buses.catalogue.deleteBus(bus);
    return problem ? problemOf(problem, { bus }) : answer();
  },
};
