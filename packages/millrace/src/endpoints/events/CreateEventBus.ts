/** CreateEventBus: a bus of a name; those of partners, and keys of one's own, are not there. */

import { busArn } from "../../events/mod.ts";
import { readNewBusName } from "./names.ts";
import { answer, type EventsOperation, isRefused, problemOf } from "./operation.ts";
import { readTags } from "./tags.ts";

export const createEventBus: EventsOperation = {
  members: { Name: "string", Description: "string", Tags: "list" },
  async perform(call) {
    const name = readNewBusName(call);
    if (typeof name !== "string") return name;
    const read = readTags(call.input.Tags);
    if (isRefused(read)) return read;
    const { Description } = call.input;
    const description = typeof Description === "string" ? Description : undefined;
    const made = { name, description, tags: read.tags };
    const problem = await call.buses.catalogue.createBus(made);
    if (problem) return problemOf(problem, { bus: name });
    return answer({ EventBusArn: busArn(call.account, name), Description: description });
  },
};
