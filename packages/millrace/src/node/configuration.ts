/** What a node is told before it starts. */

import type { LimitsName } from "../broker/mod.ts";
import type { CertificateFiles } from "../listeners/mod.ts";
import type { RemoteOptions } from "../tables/mod.ts";

/**
 * Where whoever proves nothing has full rights: MQTT over TCP and TLS (which no page in a browser
 * can speak), MQTT over WebSocket, the API door. None of them: everyone proves who they are.
 */
export type AnonymousDoor = "tcp" | "websocket" | "api";
export type Anonymous = readonly AnonymousDoor[];

export interface Configuration {
  readonly template: string;
  /** Values for the template's `Parameters`, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Absent: nothing is kept on disk. */
  readonly dataFolder: string | undefined;
  /** Address of the edge and of MQTT; the API door stays on loopback. */
  readonly host: string;
  /** 0 means any free port, here and below. */
  readonly port: number;
  readonly apiPort: number;
  readonly mqttPort: number;
  /** Absent: no MQTT over TLS. */
  readonly tls: Tls | undefined;
  /** Edge and MQTT are reached through proxies alone, which say whom they bring. */
  readonly proxyProtocol: boolean;
  readonly anonymous: Anonymous;
  /** What the message broker takes: all of MQTT, or what AWS IoT takes. */
  readonly limits: LimitsName;
  /** Whether functions whose files change are made ready anew. */
  readonly watch?: boolean | undefined;
  /** Whether a table of the template with another key takes the place of one with items. */
  readonly replaceTables?: boolean | undefined;
  /** Where tables live instead of here; absent: here. */
  readonly remoteTables?: RemoteOptions | undefined;
  /** Whether tables and indexes are held to their capacity; absent: it is only counted. */
  readonly enforceCapacity?: boolean | undefined;
  /** The first of the ports on which debuggers find functions; absent: none does. */
  readonly inspectPort?: number | undefined;
  /** Waits before a failed asynchronous call is tried again; absent: 60, then 120. */
  readonly retryDelaysSeconds?: readonly number[] | undefined;
  /** Processes of functions at once; absent: as many as suit this machine. */
  readonly processesMax?: number | undefined;
  /** Takes log lines, each with its newline. */
  readonly writeLog: (text: string) => void;
}

export interface Tls {
  readonly port: number;
  readonly files: CertificateFiles;
}

/** The account and region that ARNs, events and handlers see, until identities have their own. */
export const account = { region: "us-east-1", accountId: "000000000000" } as const;
