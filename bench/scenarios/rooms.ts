/** Many small rooms at once, as in a busy chat: a hundred publishers, little fan-out each. */

import type { Scenario } from "./scenario.ts";

export const rooms: Scenario = {
  name: "rooms",
  roomCount: 100,
  subscribersPerRoom: 10,
  window: 4,
};
