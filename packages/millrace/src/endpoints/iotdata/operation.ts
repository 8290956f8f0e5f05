/** An operation of iotdata: from a request with its path's label to its outcome. */

import type { RestTarget } from "../../aws/mod.ts";
import type { Call } from "../ports.ts";
import type { Outcome } from "./answers.ts";

export interface IotDataCall extends Call {
  readonly target: RestTarget;
  /** The variable part of the path as it was sent, still percent-encoded; empty without one. */
  readonly label: string;
}

export type Operation = (call: IotDataCall) => Outcome | Promise<Outcome>;
