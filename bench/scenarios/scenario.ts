/** What a scenario says: how many rooms, how many listen in each, how much is under way. */

export interface Scenario {
  readonly name: string;
  readonly roomCount: number;
  readonly subscribersPerRoom: number;
  /** Messages outstanding per room; one is done when every subscriber of its room has it. */
  readonly window: number;
}

export const payloadBytes = 100;

/** E.g. "1 room of 1,000, 16 outstanding". */
export function describeScenario({ roomCount, subscribersPerRoom, window }: Scenario): string {
  const rooms = `${roomCount} ${roomCount === 1 ? "room" : "rooms"}`;
  const outstanding = roomCount === 1 ? `${window} outstanding` : `${window} outstanding in each`;
  return `${rooms} of ${subscribersPerRoom.toLocaleString("en")}, ${outstanding}`;
}
