/** A socket as the listeners give it. */

import type { Admission } from "../admission.ts";
import type { Sink } from "./outbox.ts";

export interface Link extends Sink {
  readonly transport: "tcp" | "tls" | "websocket";
  /** The client's own, also behind a proxy that says whom it brings. */
  readonly remoteAddress: string;
  /** What else is known of the two ends of the socket. */
  readonly addresses?: LinkAddresses | undefined;
  /** Over TLS alone; made from the socket when it is asked for, so not once that has ended. */
  readonly tls?: TlsFacts | undefined;
  /** Of whom the door has found behind the socket; absent: the broker's decides. */
  readonly admit?: Admission | undefined;
  /** Writes what is still buffered, then ends the socket; nothing is received any more. */
  end(): void;
  /** Stops and starts reading, so that the client has to wait. */
  pause(): void;
  resume(): void;
}

/** Absent is what the transport does not know, or a proxy hides. */
export interface LinkAddresses {
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
}

/** What a TLS handshake told. */
export interface TlsFacts {
  /** The name that the client asked for (SNI). */
  readonly serverName: string | undefined;
  /** The protocol that was agreed on (ALPN). */
  readonly alpn: string | undefined;
  /** One whose private key the client has proved to hold. */
  readonly clientCertificate:
    | {
        readonly pem: string;
        /** SHA-256 of the certificate, in lower-case hexadecimal digits. */
        readonly fingerprint: string;
        /** Its chain leads to an authority of this server; false when it was given none. */
        readonly verified: boolean;
      }
    | undefined;
}
