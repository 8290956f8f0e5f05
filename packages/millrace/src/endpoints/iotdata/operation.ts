/** An operation of iotdata: from a request with its path's label to its outcome. */

import type { RestTarget } from "../../aws/mod.ts";
import type { Caller } from "../../identity/mod.ts";
import type { Call, PublishPorts } from "../ports.ts";
import type { Outcome } from "./answers.ts";

export interface IotDataCall extends Call {
  readonly target: RestTarget;
  /** The variable part of the path as it was sent, still percent-encoded; empty without one. */
  readonly label: string;
}

/** What Publish needs, which the edge offers too. */
export interface PublishCall extends Omit<IotDataCall, "ports"> {
  readonly ports: PublishPorts;
  /** Absent: an authorizer is to say who it is. */
  readonly caller?: Pick<Caller, "name"> | undefined;
}

export type Operation = (call: IotDataCall) => Outcome | Promise<Outcome>;
