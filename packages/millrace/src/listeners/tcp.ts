/**
 * MQTT over TCP and TLS: accepts, reads the header of a proxy where one is expected, and hands the
 * client over.
 */

import { type Clock, type Logger, noBytes } from "../base/mod.ts";
import type { Broker } from "../broker/mod.ts";
import type { Credentials } from "./credentials.ts";
import { tcpKeepAliveMs } from "./limits.ts";
import { MqttDoor } from "./mqtt-door.ts";
import { ProxiedSocket } from "./proxied-socket.ts";
import { type Arrival, allowSeconds, ownedSocket, type SocketOwner } from "./socket-owner.ts";
import { TcpLink } from "./tcp-link.ts";
import { type RecognizeDevice, upgradeToTls } from "./tls-link.ts";

export interface TcpListener {
  readonly port: number;
  /**
   * Stops accepting; resolves when all clients are gone, which the broker ends, or when they have
   * had their time. Again: the same.
   */
  stop(): Promise<void>;
}

export interface TcpOptions {
  readonly broker: Broker;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly host: string;
  readonly port: number;
  /** Every connection begins with a PROXY header; one without is closed. */
  readonly proxyProtocol: boolean;
  /** Absent: no TLS. */
  readonly credentials?: Credentials | undefined;
  /** Whose the certificate of a client is. */
  readonly recognizeDevice?: RecognizeDevice | undefined;
}

/** Listens at once; throws what the system says when the address cannot be had. */
// [MQTT-7.1.1-1] [MQTT5-4.2.0-1]
export function listenTcp(options: TcpOptions): TcpListener {
  const { broker, clock, logger, host, port, proxyProtocol, credentials } = options;
  const door = new MqttDoor(broker);
  const welcome = welcomeTo(door, options);
  const secondsMax = broker.limits.connectSecondsMax;
  const listener = Bun.listen<SocketOwner>({
    hostname: host,
    port,
    socket: {
      ...(credentials && !proxyProtocol ? upgradedSocket : ownedSocket),
      open(socket) {
        socket.setNoDelay(true);
        socket.setKeepAlive(true, tcpKeepAliveMs); // finds peers that vanished without a keep-alive
        if (proxyProtocol) {
          socket.data = new ProxiedSocket(socket, { logger, welcome });
          allowSeconds(socket, secondsMax);
        } else welcome({ socket, remoteAddress: socket.remoteAddress, firstBytes: noBytes });
      },
    },
  });
  const stop = () => {
    listener.stop(false);
    return door.untilNone(clock);
  };
  return { port: listener.port, stop };
}

function welcomeTo(
  mqtt: MqttDoor,
  { logger, credentials, recognizeDevice }: TcpOptions,
): (arrival: Arrival) => void {
  if (!credentials) return (arrival) => connect(mqtt, arrival);
  const door = { mqtt, logger, credentials, recognizeDevice };
  return (arrival) => upgradeToTls(door, arrival);
}

/** Without `data`, because the runtime would show it what is on the wire below TLS. */
const { data: _, ...upgradedSocket } = ownedSocket;

function connect(door: MqttDoor, arrival: Arrival): void {
  const { socket, firstBytes } = arrival;
  const link = new TcpLink(arrival, door);
  socket.data = link;
  link.connect();
  if (firstBytes.length > 0) link.onData(firstBytes);
}
