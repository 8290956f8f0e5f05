/**
 * Sessions and their time (MQTT 5): one that is soon over and one that is not, left behind before
 * the server is killed. Afterwards the first must be gone and the other still be there.
 */

import { mqtt5Level } from "@millrace/mqtt";
import type { World } from "./client.ts";
import { Line } from "./line.ts";
import type { Random } from "./random.ts";

const seconds = { short: 1, long: 3600 };

/** The time of the short one begins anew when the server does, at the latest; and then some. */
const sleepMs = 4_000;

export class Sleepers {
  readonly #world: World;
  readonly #random: Random;

  constructor(world: World, random: Random) {
    this.#world = world;
    this.#random = random;
  }

  /** Two sessions without a connection. */
  async lieDown(): Promise<void> {
    for (const name of ["short", "long"] as const) await this.#visit(name);
  }

  /** After the server has started again. */
  async wakeUp(): Promise<void> {
    await Bun.sleep(sleepMs);
    for (const name of ["short", "long"] as const) {
      const present = await this.#visit(name);
      if (present === (name === "long")) continue;
      const text = `of ${seconds[name]} s: session present ${present} after ${sleepMs} ms`;
      this.#world.history.violate("session expiry", text, [`sleeper-${name}`]);
    }
  }

  /** Connects, subscribes and vanishes; whether the session was there. */
  async #visit(name: keyof typeof seconds): Promise<boolean | undefined> {
    const { history, addresses } = this.#world;
    const clientId = `sleeper-${name}`;
    const done = Promise.withResolvers<void>();
    let sessionPresent: boolean | undefined;
    const line = await Line.open({
      url: addresses.mqtt,
      protocolLevel: mqtt5Level,
      random: this.#random,
      receive(packet) {
        history.note(clientId, `< ${packet.type}`);
        if (packet.type === "connack") sessionPresent = packet.sessionPresent;
        if (packet.type === "suback") done.resolve();
      },
      malformed: (message) => history.violate("well-formed packets", message, [clientId]),
    });
    line?.send({
      ...{ type: "connect", protocolLevel: mqtt5Level, cleanSession: false, keepAliveSeconds: 0 },
      ...{ clientId, properties: { sessionExpiryInterval: seconds[name] } },
    });
    const subscriptions = [{ filter: "sleepers", qos: 1 }] as const;
    line?.send({ type: "subscribe", packetId: 1, subscriptions });
    if (line) await Promise.race([done.promise, line.closed]);
    line?.cut("vanish");
    return sessionPresent;
  }
}
