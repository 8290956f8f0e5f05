/** A busy lecture hall: throughput when messages queue behind each other. */

import type { Scenario } from "./scenario.ts";

export const oneRoom: Scenario = {
  name: "one-room",
  roomCount: 1,
  subscribersPerRoom: 1_000,
  window: 16,
};
