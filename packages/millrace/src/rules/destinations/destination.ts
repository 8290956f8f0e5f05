/** What a destination of the `http` action is. */

export type DestinationStatus = "IN_PROGRESS" | "ENABLED" | "DISABLED" | "ERROR";

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
