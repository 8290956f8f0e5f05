/** What a scenario says: how many rooms, how many listen in each, how much is under way. */

export interface Scenario {
  readonly name: string;
  readonly roomCount: number;
  readonly subscribersPerRoom: number;
  /** Messages outstanding per room in a closed loop. */
  readonly window: number;
}

export const payloadBytes = 100;

/** E.g. "1 room of 1,000". */
export function describeScenario({ roomCount, subscribersPerRoom }: Scenario): string {
  const rooms = `${roomCount} ${roomCount === 1 ? "room" : "rooms"}`;
  return `${rooms} of ${subscribersPerRoom.toLocaleString("en")}`;
}
