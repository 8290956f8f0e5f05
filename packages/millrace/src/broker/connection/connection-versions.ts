/**
 * How often each client id has connected, for the `versionNumber` of lifecycle events.
 *
 * Bounded: the client ids that connected longest ago are forgotten first and start at 0 again, as
 * AWS IoT does after about an hour offline.
 */

const clientIdsMax = 100_000;

export class ConnectionVersions {
  readonly #versions = new Map<string, number>();

  /** 0 for the first connection, then one more each time. */
  next(clientId: string): number {
    const version = (this.#versions.get(clientId) ?? -1) + 1;
    this.#versions.delete(clientId);
    this.#versions.set(clientId, version);
    if (this.#versions.size > clientIdsMax) {
      const [oldest] = this.#versions.keys();
      if (oldest !== undefined) this.#versions.delete(oldest);
    }
    return version;
  }
}
