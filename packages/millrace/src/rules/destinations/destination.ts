/** What a destination of the `http` action is. */

export type DestinationStatus = "IN_PROGRESS" | "ENABLED" | "DISABLED" | "ERROR";

/** A destination that is to be there. */
export interface WantedDestination {
  /** That it gets when it is new; absent: any. */
  readonly id?: string;
  readonly confirmationUrl: string;
}

export interface Destination {
  readonly id: string;
  readonly confirmationUrl: string;
  readonly status: DestinationStatus;
  /** Why it is not further. */
  readonly reason?: string | undefined;
  /** What must come back; only while it is in progress. */
  readonly token?: string | undefined;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
}
