/**
 * How often each client id has connected, for the `versionNumber` of lifecycle events.
 *
 * While a session lives its last connection's number is in it; here are those of clients that are
 * gone. Bounded: the ones that left longest ago are forgotten first and start at 0 again, as AWS
 * IoT does after about an hour offline.
 */

const clientIdsMax = 100_000;

export class ConnectionVersions {
  readonly #versions = new Map<string, number>();

  /** The number of the last connection of a client that is gone; -1 when it is not known. */
  take(clientId: string): number {
    const version = this.#versions.get(clientId) ?? -1;
    this.#versions.delete(clientId);
    return version;
  }

  /** Remembers a client whose session has ended. */
  put(clientId: string, version: number): void {
    this.#versions.set(clientId, version);
    if (this.#versions.size <= clientIdsMax) return;
    const [oldest] = this.#versions.keys();
    if (oldest !== undefined) this.#versions.delete(oldest);
  }
}
