/** What a node is told before it starts. */

/** Which MQTT clients without credentials are let in, with full rights. */
export type Anonymous = "none" | "tcp" | "all";

export interface Configuration {
  readonly template: string;
  /** Values for the template's `Parameters`, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Absent: nothing is kept on disk. */
  readonly dataFolder: string | undefined;
  /** Address of the edge and of MQTT over TCP; the API door stays on loopback. */
  readonly host: string;
  /** 0 means any free port, here and below. */
  readonly port: number;
  readonly apiPort: number;
  readonly mqttPort: number;
  readonly anonymous: Anonymous;
  /** Takes log lines, each with its newline. */
  readonly writeLog: (text: string) => void;
}

/** The account and region that ARNs, events and handlers see, until identities have their own. */
export const account = { region: "us-east-1", accountId: "000000000000" } as const;
