/** ListEventBuses: by their names. */

import { busBody } from "./bus-body.ts";
import { answer, type EventsOperation, isRefused } from "./operation.ts";
import { pageMembers, pageOf } from "./paging.ts";

export const listEventBuses: EventsOperation = {
  members: { NamePrefix: "string", ...pageMembers },
  perform(call) {
    const prefix = String(call.input.NamePrefix ?? "");
    const buses = call.buses.catalogue.buses.filter(({ name }) => name.startsWith(prefix));
    const paged = pageOf(call.input, buses, ({ name }) => name);
    if (isRefused(paged)) return paged;
    const EventBuses = paged.page.map((bus) => busBody(call, bus));
    return answer({ EventBuses, NextToken: paged.NextToken });
  },
};
