/** Every scenario, in the order in which they run. */

import { oneAtATime } from "./one-at-a-time.ts";
import { oneRoom } from "./one-room.ts";
import { rooms } from "./rooms.ts";
import type { Scenario } from "./scenario.ts";
import { ten } from "./ten.ts";

export const scenarios: readonly Scenario[] = [oneRoom, oneAtATime, rooms, ten];
