/** An operation of iotdata: from a request with its path's label to its outcome. */

import type { RestTarget } from "../../aws/mod.ts";
import type { Call, PublishPorts } from "../ports.ts";
import type { Outcome } from "./answers.ts";

export interface IotDataCall extends Call {
  readonly target: RestTarget;
  /** The variable part of the path as it was sent, still percent-encoded; empty without one. */
  readonly label: string;
}

/** What Publish needs, which the edge offers too. */
export type PublishCall = Omit<IotDataCall, "ports"> & { readonly ports: PublishPorts };

export type Operation = (call: IotDataCall) => Outcome | Promise<Outcome>;
