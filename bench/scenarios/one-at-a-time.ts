/** The same hall when it is quiet: nothing to coalesce, a write per subscriber and message. */

import type { Scenario } from "./scenario.ts";

export const oneAtATime: Scenario = {
  name: "one-at-a-time",
  roomCount: 1,
  subscribersPerRoom: 1_000,
  window: 1,
};
