/** What the API door needs of the house; `node/` hands it over. */

import type { Logger, Random } from "../base/mod.ts";
import type { Message, PublishOutcome } from "../broker/mod.ts";
import type { InvokeResult } from "../functions/mod.ts";
import type { Tables } from "../tables/mod.ts";

export interface ApiDoorPorts {
  readonly tables: Tables;
  readonly publish: (message: Message) => PublishOutcome | Promise<PublishOutcome>;
  /** The broker's bound on a payload. */
  readonly payloadBytesMax: number;
  readonly invoke: (functionName: string, payload: Uint8Array) => Promise<InvokeResult>;
  /** Accepts a call; false: no such function. */
  readonly invokeAsync: (functionName: string, payload: Uint8Array) => Promise<boolean>;
  /** The parts that are not ready yet, by name; none: the house is ready. */
  readonly missing: () => readonly string[];
  readonly logger: Logger;
  readonly random: Random;
}

export interface Client {
  readonly ip: string;
}

/** Never rejects for what a client sent, nor for a `WorldError`. */
export type ApiDoor = (request: Request, client: Client) => Promise<Response>;

/** One request on its way to an operation. */
export interface Call {
  readonly request: Request;
  readonly client: Client;
  readonly requestId: string;
  readonly ports: ApiDoorPorts;
}
