/**
 * The client: keeps one connection alive, and over its deaths the subscriptions and requests.
 *
 * State goes closed -> connecting -> connected -> waiting -> connecting ... until `end`. After
 * each CONNACK first the subscriptions are renewed, then what has no answer yet is sent again. A
 * QoS 1 message is acknowledged after every handler has had it; so it may come twice, with `dup`.
 */

import { mqtt311 } from "../dialect.ts";
import { encodePacket } from "../encode-packet.ts";
import type { Packet } from "../packet.ts";
import type { Connect, Will } from "../packets/connect.ts";
import { encodePublish, type Publish } from "../packets/publish.ts";
import { topicFilterProblem, topicNameProblem } from "../topics.ts";
import { BackOff } from "./back-off.ts";
import { Connection } from "./connection.ts";
import { browserEnvironment, type Environment, type Timer } from "./environment.ts";
import * as limits from "./limits.ts";
import { isAnswer, Requests } from "./requests.ts";
import { type ClientQos, Subscriptions } from "./subscriptions.ts";

export interface ClientOptions extends Partial<Environment> {
  /**
   * `ws:` or `wss:`; or what gives it anew for each connection, such as a signed one. Where that
   * rejects, the connection counts as lost.
   */
  readonly url: string | (() => Promise<string>);
  readonly clientId: string;
  /** Default 30; 0 means none, so a dead connection may go unnoticed. */
  readonly keepAliveSeconds?: number;
  /** Whether each connection begins a new session at the server. Default true. */
  readonly clean?: boolean;
  /** From opening the socket to CONNACK. Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** Publishes, subscribes and unsubscribes without an answer. Default 1,000. */
  readonly requestCountMax?: number;
  readonly username?: string;
  readonly password?: Uint8Array;
  readonly will?: Will;
}

export type ClientState =
  | { readonly type: "connecting" }
  | { readonly type: "connected" }
  /** `reason` says in words why the last connection ended or was not made. */
  | { readonly type: "waiting"; readonly retryInMs: number; readonly reason: string }
  | { readonly type: "closed" };

export interface PublishOptions {
  /** Default 1. */
  readonly qos?: ClientQos;
  readonly retain?: boolean;
}

export type MessageHandler = (
  topic: string,
  payload: Uint8Array,
  flags: Pick<Publish, "qos" | "retain" | "dup">,
) => void;

export type StateHandler = (state: ClientState) => void;

const utf8 = new TextEncoder();

export class Client {
  readonly #url: ClientOptions["url"];
  readonly #connect: Connect;
  readonly #connectTimeoutMs: number;
  readonly #environment: Environment;
  readonly #requests: Requests;
  readonly #subscriptions: Subscriptions;
  readonly #backOff: BackOff;
  readonly #messageHandlers = new Set<MessageHandler>();
  readonly #stateHandlers = new Set<StateHandler>();
  #state: ClientState = { type: "closed" };
  #ended = false;
  #connection: Connection | undefined;
  #connectedAtMs: number | undefined;
  #retryTimer: Timer | undefined;
  #stopListening: (() => void) | undefined;

  constructor(options: ClientOptions) {
    this.#url = options.url;
    this.#connect = connectOf(options);
    this.#connectTimeoutMs = options.connectTimeoutMs ?? limits.connectTimeoutMs;
    this.#environment = { ...browserEnvironment, ...options };
    this.#requests = new Requests(options.requestCountMax ?? limits.requestCountMax);
    this.#subscriptions = new Subscriptions(this.#environment.report);
    this.#backOff = new BackOff(this.#environment.random);
  }

  get state(): ClientState {
    return this.#state;
  }

  /** Begins to connect, and from then on reconnects until `end`. Throws for a malformed url. */
  connect(): void {
    this.#refuseAfterEnd();
    if (this.#state.type !== "closed") return;
    this.#open();
    this.#stopListening = this.#environment.whenOnline(() => this.retryNow());
  }

  /** Ends a wait before its time; when connected, asks for a sign of life at once. */
  retryNow(): void {
    if (this.#state.type === "waiting") this.#open();
    else this.#connection?.probe();
  }

  /** Disconnects for good. Whatever has no answer yet is rejected. */
  end(): void {
    this.#ended = true;
    this.#retryTimer?.cancel();
    this.#stopListening?.();
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.close();
    this.#requests.failAll(new Error("the client has ended"));
    if (this.#state.type !== "closed") this.#enter({ type: "closed" });
  }

  /**
   * QoS 1 resolves when the server has acknowledged, on this connection or a later one. QoS 0
   * resolves once it is on its way, and rejects while not connected. Also rejects for an invalid
   * topic, with too many requests open, and at `end`.
   */
  async publish(
    topic: string,
    payload: string | Uint8Array,
    { qos = 1, retain = false }: PublishOptions = {},
  ): Promise<void> {
    const problem = topicNameProblem(topic);
    if (problem !== undefined) throw new Error(`cannot publish to topic "${topic}": ${problem}`);
    const bytes = typeof payload === "string" ? utf8.encode(payload) : payload;
    const message = { type: "publish", topic, payload: bytes, qos, retain, dup: false } as const;
    if (qos === 1) {
      this.#refuseAfterEnd();
      await this.#requests.ask((packetId) => ({ ...message, packetId }));
      return;
    }
    if (this.#connection === undefined || this.#state.type !== "connected") {
      throw new Error(`cannot publish to topic "${topic}" at QoS 0: not connected`);
    }
    this.#connection.send(encodePublish(message, mqtt311));
  }

  /** Resolves with the granted QoS; rejects when the server refuses, and as `publish` does. */
  async subscribe(filter: string, qos: ClientQos): Promise<number> {
    const problem = topicFilterProblem(filter);
    if (problem !== undefined) throw new Error(`cannot subscribe to "${filter}": ${problem}`);
    this.#refuseAfterEnd();
    const subscriptions = [{ filter, qos }];
    const answer = await this.#requests.ask((packetId) => {
      return { type: "subscribe", packetId, subscriptions };
    });
    return this.#subscriptions.granted(filter, qos, answer);
  }

  /** Resolves when the server no longer sends what matches; rejects as `publish` does. */
  async unsubscribe(filter: string): Promise<void> {
    const problem = topicFilterProblem(filter);
    if (problem !== undefined) throw new Error(`cannot unsubscribe from "${filter}": ${problem}`);
    this.#refuseAfterEnd();
    const filters = [filter];
    await this.#requests.ask((packetId) => ({ type: "unsubscribe", packetId, filters }));
    this.#subscriptions.forget(filter);
  }

  /** Calls `handler` for every message, whichever filter it came by. Returns what ends that. */
  onMessage(handler: MessageHandler): () => void {
    this.#messageHandlers.add(handler);
    return () => this.#messageHandlers.delete(handler);
  }

  /** Calls `handler` whenever the state changes. Returns what ends that. */
  onState(handler: StateHandler): () => void {
    this.#stateHandlers.add(handler);
    return () => this.#stateHandlers.delete(handler);
  }

  #open(): void {
    this.#retryTimer?.cancel();
    const url = this.#url;
    if (typeof url === "string") this.#openAt(url);
    else {
      url()
        .then((made) => this.#openAt(made))
        .catch(({ message }: Error) => this.#lost(message));
    }
    this.#enter({ type: "connecting" });
  }

  #openAt(url: string): void {
    if (this.#ended) return;
    const { socket, clock } = this.#environment;
    this.#connection = new Connection({
      socket: socket(url, ["mqtt"]), // [MQTT-6.0.0-3]
      connect: this.#connect,
      connectTimeoutMs: this.#connectTimeoutMs,
      clock,
      accepted: () => this.#accepted(),
      receive: (packet) => this.#receive(packet),
      lost: (reason) => this.#lost(reason),
    });
  }

  #accepted(): void {
    this.#connectedAtMs = this.#environment.clock.monotonic();
    const send = (bytes: Uint8Array) => this.#connection?.send(bytes);
    this.#requests.connected(send, this.#subscriptions.renewals());
    this.#enter({ type: "connected" });
  }

  #receive(packet: Packet): void {
    if (isAnswer(packet)) this.#requests.answer(packet);
    else if (packet.type === "publish" && packet.qos < 2) this.#deliver(packet);
    else this.#connection?.lose(`the server sent an unexpected "${packet.type}"`);
  }

  #deliver({ topic, payload, qos, retain, dup, packetId }: Publish): void {
    for (const handler of this.#messageHandlers) {
      this.#guard(() => handler(topic, payload, { qos, retain, dup }));
    }
    if (packetId === undefined) return;
    this.#connection?.send(encodePacket({ type: "puback", packetId }, mqtt311)); // [MQTT-4.3.2-2]
  }

  #lost(reason: string): void {
    if (this.#ended) return;
    const { clock } = this.#environment;
    const sinceMs = this.#connectedAtMs;
    const retryInMs = this.#backOff.nextMs(sinceMs === undefined ? 0 : clock.monotonic() - sinceMs);
    this.#connection = undefined;
    this.#connectedAtMs = undefined;
    this.#requests.disconnected();
    this.#retryTimer = clock.after(retryInMs, () => this.#open());
    this.#enter({ type: "waiting", retryInMs, reason });
  }

  #enter(state: ClientState): void {
    this.#state = state;
    for (const handler of this.#stateHandlers) this.#guard(() => handler(state));
  }

  /** What a handler throws is its own matter: the connection goes on, the message counts as had. */
  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#environment.report(error);
    }
  }

  #refuseAfterEnd(): void {
    if (this.#ended) throw new Error("the client has ended");
  }
}

function connectOf(options: ClientOptions): Connect {
  const { clientId, username, password, will } = options;
  return {
    type: "connect",
    protocolLevel: mqtt311.protocolLevel,
    cleanSession: options.clean ?? true,
    keepAliveSeconds: options.keepAliveSeconds ?? 30,
    clientId,
    will,
    username,
    password,
  };
}
