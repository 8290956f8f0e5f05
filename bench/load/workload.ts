/** What the generator is told, and what it answers: both cross between processes as JSON. */

export type Transport = "tcp" | "websocket";

export interface Target {
  readonly transport: Transport;
  readonly host: string;
  readonly port: number;
  /** Of the WebSocket; without meaning over TCP. */
  readonly path: string;
}

export interface Workload {
  readonly target: Target;
  /** Whose CPU time is read beside our own. */
  readonly serverPid: number;
  readonly roomCount: number;
  readonly subscribersPerRoom: number;
  readonly window: number;
  readonly payloadBytes: number;
  readonly warmUpSeconds: number;
  readonly measureSeconds: number;
}

export interface Measurement {
  readonly seconds: number;
  readonly deliveryCount: number;
  readonly deliveriesPerSecond: number;
  readonly sampleCount: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of one core: 1 is a core in full use. */
  readonly generatorCpu: number;
  /** Of one core, all threads together; absent where `/proc` is not. */
  readonly serverCpu?: number;
  /** What everyone else on the machine used meanwhile, of one core; spoils the figures. */
  readonly othersCpu?: number;
  /** Resident memory at the end, with every connection open; absent where `/proc` is not. */
  readonly serverMegabytes?: number;
}
