/** Who lets a client in, and what it is told of a CONNECT. */

import type { Link } from "./connection/link.ts";
import type { DisconnectReason } from "./lifecycle.ts";
import type { Access } from "./message.ts";

export interface AdmissionFacts {
  readonly clientId: string;
  /** The client sent none, and got one of ours. */
  readonly isAssignedId: boolean;
  readonly username: string | undefined;
  readonly password: Uint8Array | undefined;
  readonly transport: Link["transport"];
  /** The session is to outlive the connection. */
  readonly persistent: boolean;
  readonly willTopic: string | undefined;
  /** Where the client comes from, and what its TLS handshake told. */
  readonly link: Pick<Link, "remoteAddress" | "tls">;
}

/**
 * Why somebody is not let in: it may not (the default), it did not prove who it is, or it has tried
 * too often.
 */
export type WhyRefused = "notAuthorized" | "credentials" | "tries";

/** The registered device that a connection is of. */
export interface ConnectionThing {
  readonly name: string;
  /** Whether it alone may use what the client has shown: lifecycle events then name it. */
  readonly isExclusive: boolean;
}

export interface Admitted {
  readonly allowed: true;
  readonly principal: string;
  readonly thing?: ConnectionThing | undefined;
  readonly access?: Access | undefined;
  /** How long the connection may last, and how its end is then called; absent: no bound. */
  readonly life?: { readonly seconds: number; readonly reason: DisconnectReason } | undefined;
  /**
   * Called once the connection is open, with the way to end it; what comes back is called when it
   * has ended.
   */
  readonly watch?: ((end: (reason: DisconnectReason) => void) => () => void) | undefined;
}

export type AdmissionVerdict =
  | Admitted
  /** `principal` and `thing` as far as they are known. */
  | {
      readonly allowed: false;
      readonly principal?: string;
      readonly thing?: ConnectionThing | undefined;
      readonly why?: WhyRefused;
    };

/**
 * Says whether a client may connect, and what it may do then; with a promise, which never rejects,
 * where somebody else has to be asked.
 */
export type Admission = (facts: AdmissionFacts) => AdmissionVerdict | Promise<AdmissionVerdict>;
