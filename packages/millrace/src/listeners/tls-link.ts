/**
 * A client of the broker over TLS.
 *
 * An accepted TCP socket is upgraded: so the certificate of the moment is taken for each client,
 * and whatever came before the handshake (the header of a proxy) has been read by then. The broker
 * hears of a client once its handshake is done.
 */

import type { Socket, SocketHandler, TLSUpgradeOptions } from "bun";
import type { Logger } from "../base/mod.ts";
import type { Admission, Link, TlsFacts } from "../broker/mod.ts";
import type { Credentials } from "./credentials.ts";
import type { MqttDoor } from "./mqtt-door.ts";
import { type Arrival, allowSeconds, ownedSocket, type SocketOwner } from "./socket-owner.ts";
import { TcpLink } from "./tcp-link.ts";

export type ClientCertificate = NonNullable<TlsFacts["clientCertificate"]>;

/** Finds out whose a certificate is. */
export type RecognizeDevice = (
  certificate: ClientCertificate,
  client: { readonly ip: string },
) => {
  /** It is registered, whatever its status. */
  readonly isKnown: boolean;
  readonly admit: Admission;
};

/** What all clients of one door share. */
export interface TlsDoor {
  readonly mqtt: MqttDoor;
  readonly logger: Logger;
  readonly credentials: Credentials;
  /** Absent: nobody is known by a certificate. */
  readonly recognizeDevice?: RecognizeDevice | undefined;
}

/** The runtime takes bytes that were read before the upgrade; its types do not say so. */
interface Upgrade extends TLSUpgradeOptions<SocketOwner> {
  readonly initialData: Uint8Array;
}

/** Begins the handshake; a client that does not finish it within the time to connect is closed. */
export function upgradeToTls(door: TlsDoor, arrival: Arrival): void {
  const upgrade: Upgrade = {
    data: new TlsLink(arrival, door),
    socket: tlsSocket,
    tls: door.credentials.tlsOptions,
    initialData: arrival.firstBytes,
  };
  arrival.socket.upgradeTLS(upgrade);
}

const tlsSocket = {
  ...ownedSocket,
  open: (socket) => (socket.data as TlsLink).begin(socket),
  handshake: (socket, success, problem) =>
    (socket.data as TlsLink).handshaken(success, problem ?? undefined),
} as SocketHandler<SocketOwner>;

class TlsLink extends TcpLink {
  readonly #door: TlsDoor;
  /** Of whom the certificate is; absent: of nobody in particular. */
  admit: Admission | undefined;

  constructor(arrival: Arrival, door: TlsDoor) {
    super(arrival, door.mqtt);
    this.#door = door;
  }

  override get transport(): "tls" {
    return "tls";
  }

  get tls(): Link["tls"] {
    const { socket } = this;
    const certificate = socket.getPeerX509Certificate();
    return {
      serverName: socket.getServername() || undefined,
      alpn: socket.alpnProtocol || undefined,
      clientCertificate: certificate && {
        pem: certificate.toString(),
        fingerprint: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
        verified: this.#door.credentials.hasAuthority && socket.authorized,
      },
    };
  }

  begin(socket: Socket<SocketOwner>): void {
    this.socket = socket;
    allowSeconds(socket, this.#door.mqtt.broker.limits.connectSecondsMax);
  }

  handshaken(success: boolean, problem: Error | undefined): void {
    const { logger, credentials } = this.#door;
    if (!this.isOpen) return;
    const ip = this.remoteAddress;
    if (!success) {
      logger.warn("TLS handshake failed", { ip, message: problem?.message });
      return;
    }
    allowSeconds(this.socket, 0);
    const certificate = this.tls?.clientCertificate;
    const device = certificate && this.#door.recognizeDevice?.(certificate, { ip });
    if (!device?.isKnown && credentials.hasAuthority && certificate && problem) {
      logger.warn("client certificate refused", { ip, message: problem.message });
      this.end();
      return;
    }
    // Whoever the server's own authority vouches for may be as unknown as one without certificate.
    if (device?.isKnown || !certificate?.verified) this.admit = device?.admit;
    this.connect();
  }
}
