/** DescribeEventBus: one bus, the default one where none is named. */

import { busBody } from "./bus-body.ts";
import { readBus } from "./names.ts";
import { answer, type EventsOperation } from "./operation.ts";

export const describeEventBus: EventsOperation = {
  members: { Name: "string" },
  perform(call) {
    const bus = readBus(call, "Name");
    return "refusal" in bus ? bus : answer(busBody(call, bus));
  },
};
