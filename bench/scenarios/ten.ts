/** A small room in a hurry: the cost of a message rather than of a delivery. */

import type { Scenario } from "./scenario.ts";

export const ten: Scenario = {
  name: "ten",
  roomCount: 1,
  subscribersPerRoom: 10,
  window: 16,
};
