/** What the programs of the load are told, and what they answer: it crosses processes as JSON. */

export type Transport = "tcp" | "websocket";

/** The protocol level as CONNECT says it: 4 is MQTT 3.1.1. */
export type Level = 4 | 5;

/** How clients and server speak. */
export interface Manner {
  readonly transport: Transport;
  readonly level: Level;
  readonly qos: 0 | 1;
}

export interface Target {
  readonly transport: Transport;
  readonly host: string;
  readonly port: number;
  /** Of the WebSocket; without meaning over TCP. */
  readonly path: string;
}

/** When messages go out: each when an earlier one has arrived, or each when its time has come. */
export type Pace =
  | { readonly kind: "window"; readonly outstanding: number }
  | { readonly kind: "rate"; readonly messagesPerSecond: number };

export interface Workload {
  readonly target: Target;
  readonly level: Level;
  readonly qos: 0 | 1;
  /** Whose CPU time is read beside our own. */
  readonly serverPid: number;
  readonly roomCount: number;
  readonly subscribersPerRoom: number;
  /** A window is one of each room, a rate that of all rooms together. */
  readonly pace: Pace;
  /** One subscriber in so many is looked at closely: each message in order, and its latency. */
  readonly sampledEvery: number;
  readonly payloadBytes: number;
  /** JSON, and a rule of the server's between publishers and subscribers, or none. */
  readonly json?: { readonly throughRule: boolean };
  readonly warmUpSeconds: number;
  readonly measureSeconds: number;
}

/** Figures by name, which is how they cross processes and stand in files. */
export type Figures = Readonly<Record<string, number | undefined>>;
