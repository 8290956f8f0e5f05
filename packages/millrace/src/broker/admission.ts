/** Who lets a client in, and what it is told of a CONNECT. */

import type { Link } from "./connection/link.ts";
import type { Access } from "./message.ts";

export interface AdmissionFacts {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly password: Uint8Array | undefined;
  readonly transport: Link["transport"];
  /** The session is to outlive the connection. */
  readonly persistent: boolean;
  readonly willTopic: string | undefined;
}

/** Says whether a client may connect, and what it may do then. */
export type Admission = (facts: AdmissionFacts) =>
  | { readonly allowed: true; readonly principal: string; readonly access?: Access }
  /** `principal` as far as it is known. */
  | { readonly allowed: false; readonly principal?: string };
