/**
 * The world's errors: disk, network, child processes.
 *
 * They are typed by a stable code, retried at one level with a bound and then reported. Errors of
 * a client or a caller are values from one table per part, and are never thrown through here.
 */

export class WorldError extends Error {
  override name = "WorldError";
  /** Stable and upper case, e.g. `DISK_FULL`, `PORT_IN_USE`. */
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** The text of anything that was thrown, for a log line or a message. */
export function errorText(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
