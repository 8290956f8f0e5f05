/**
 * One client id: the session that its client keeps, its connection, and those it has left behind
 * without telling anybody, which may still speak.
 */

import type { Publish } from "@millrace/mqtt";
import { mqttLimits } from "../mod.ts";
import { ClientConnection, type Mqtt5Wishes, type World } from "./client-connection.ts";
import { ClientSession } from "./client-session.ts";
import type { MessageDraft, SimulatedMessage } from "./model/messages.ts";
import type { NetworkHabits } from "./pipe.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { SimulatedServer } from "./server.ts";
import { Wire } from "./wire.ts";

export interface SimulatedClientOptions {
  readonly world: World;
  readonly server: SimulatedServer;
  readonly random: SeededRandom;
  readonly clientId: string;
  readonly keepAliveSeconds: number;
  readonly ackDelayMsMax: () => number;
  readonly habits: () => NetworkHabits;
  readonly onAnswer?: () => void;
  readonly onRetained?: (publish: Publish) => void;
}

export interface ConnectWish {
  readonly cleanStart: boolean;
  /** As it will be granted; 0: the session ends with the connection. */
  readonly expiryMs: number;
  readonly will?: MessageDraft | undefined;
  readonly willDelaySeconds?: number;
  /** Absent: MQTT 3.1.1. */
  readonly mqtt5?: Mqtt5Wishes | undefined;
}

/** The last bytes of a broken wire have arrived by then, and the broker has seen to its clients. */
const lastBytesMs = 5_000;

/** How long the broker waits for a CONNECT. */
const connectMsMax = mqttLimits.connectSecondsMax * 1000;

export class SimulatedClient {
  readonly session = new ClientSession();
  readonly clientId: string;
  readonly #options: SimulatedClientOptions;
  #connection: ClientConnection | undefined;
  /** Connections that were taken over by the next one while they were open. */
  readonly #olderConnections: ClientConnection[] = [];
  readonly #wires: Wire[] = [];

  constructor(options: SimulatedClientOptions) {
    this.#options = options;
    this.clientId = options.clientId;
  }

  /** The one in use, opening or open. */
  get connection(): ClientConnection | undefined {
    return this.#connection?.state === "closed" ? undefined : this.#connection;
  }

  get isOpen(): boolean {
    return this.connection?.state === "open";
  }

  /** False when there is no server. A connection that is open is left behind as it is. */
  connect(asked: ConnectWish): boolean {
    const { world, server, random, habits } = this.#options;
    if (!server.isUp) return false;
    if (this.connection) this.#leaveBehind(this.connection);
    this.session.connecting(world.scheduler.monotonic());
    const wish = this.session.mustBeginClean ? cleanly(asked) : asked;
    if (wish.cleanStart) this.session.giveUp(); // [MQTT-3.1.2-6]
    const name = `${this.clientId}/${this.#wires.length + 1}`;
    const connection = this.#makeConnection(name, wish);
    this.#connection = connection;
    const wire = new Wire({
      name,
      scheduler: world.scheduler,
      random: random.fork(name),
      habits,
      client: {
        receive: (bytes) => connection.receiveBytes(bytes),
        closed: () => connection.closed(),
      },
    });
    this.#wires.push(wire);
    server.accept(wire, () => connection.tookLeave);
    connection.open(wire);
    return true;
  }

  publish(draft: MessageDraft): SimulatedMessage {
    const message = this.#options.world.model.makeMessage(this.clientId, "own", draft);
    this.#connection?.publish(message);
    return message;
  }

  /** Another process that still has an older connection of this client id speaks on it. */
  speakOnOlder(draft: MessageDraft): void {
    const older = this.#olderConnections.findLast(({ wire }) => wire?.openAtServer);
    if (!older) return;
    const message = this.#options.world.model.makeMessage(this.clientId, "beside", draft);
    older.publishBeside(message);
  }

  /** The wire breaks; the server may learn of it much later, or only by the client's silence. */
  break(): void {
    const { random, keepAliveSeconds } = this.#options;
    const { connection } = this;
    const wire = connection?.wire;
    if (!wire) return;
    const lateMs = keepAliveSeconds > 0 ? Number.POSITIVE_INFINITY : random.between(0, 60_000);
    const serverAfterMs = random.chance(0.3) ? lateMs : random.between(0, 50);
    wire.break({ serverAfterMs, clientAfterMs: random.between(0, 50) });
    if (Number.isFinite(serverAfterMs)) return;
    const silenceMs = 1_500 * keepAliveSeconds;
    // A client without CONNACK does not know whether the server waits for CONNECT or for more.
    const isOpen = connection?.state === "open";
    this.#checkSilence(wire, isOpen ? silenceMs : Math.max(silenceMs, connectMsMax));
  }

  /** A wire that brings nothing any more is not held open for longer than `silenceMs`. */
  #checkSilence(wire: Wire, silenceMs: number): void {
    const { scheduler, model } = this.#options.world;
    scheduler.after(silenceMs + lastBytesMs, () => {
      if (wire.openAtServer) model.fail("M13", `${wire.name} is silent, and still open`);
    });
  }

  /** Connections that the server should have ended by now. */
  get forgottenWires(): Wire[] {
    const current = this.connection?.wire;
    return this.#wires.filter((wire) => wire.openAtServer && wire !== current);
  }

  #makeConnection(name: string, wish: ConnectWish): ClientConnection {
    const { world, keepAliveSeconds, onAnswer = () => {} } = this.#options;
    const { cleanStart, expiryMs, will, willDelaySeconds = 0, mqtt5 } = wish;
    const facts = world.model.connecting({
      ...{ name, clientId: this.clientId, cleanStart, expiryMs },
      keepAliveMs: keepAliveSeconds * 1000,
      will: will && world.model.makeMessage(this.clientId, "will", will),
      willDelayMs: willDelaySeconds * 1000,
      sentAtMs: world.scheduler.monotonic(),
    });
    return new ClientConnection({
      ...this.#options,
      session: this.session,
      facts,
      mqtt5,
      onAnswer,
    });
  }

  #leaveBehind(connection: ClientConnection): void {
    connection.leaveBehind();
    this.#olderConnections.push(connection);
  }
}

/** The same with a clean start, which in MQTT 3.1.1 ends with its connection. */
function cleanly(wish: ConnectWish): ConnectWish {
  return { ...wish, cleanStart: true, expiryMs: wish.mqtt5 ? wish.expiryMs : 0 };
}
