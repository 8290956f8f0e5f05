/**
 * The HTTP servers of the two doors, and the doors of MQTT.
 *
 * The edge gives `/mqtt` to the broker's listener and everything else to the gateway; the API door
 * gives everything else to AWS's operations. It always stands on loopback: with anonymous access
 * whoever reaches it has every right.
 *
 * No connection holds its socket for nothing. It has the idle time to bring the header of a
 * request, in whatever pieces, and again until the next one; a request has a time of its own, and
 * a WebSocket its pings.
 *
 * What is thrown over one request costs that request alone; a broken invariant ends the process.
 */

import type { Server, SocketAddress } from "bun";
import {
  errorText,
  InvariantBroken,
  type Logger,
  shortened,
  systemClock,
  WorldError,
} from "../base/mod.ts";
import type { Broker } from "../broker/mod.ts";
import { foreignHost, isLoopbackHost, type TableDoor } from "../endpoints/mod.ts";
import { type Edge, incomingOf, responseOf } from "../gateway/mod.ts";
import {
  type Authenticate,
  acceptMqtt,
  type Front,
  listenTcp,
  MqttWebSockets,
  mqttPath,
  openWholeFront,
  signedChanging,
  type TcpListener,
  type TcpOptions,
  type UpgradeOptions,
  type WholeAnswer,
  type WholeDoor,
  type WholeHead,
} from "../listeners/mod.ts";
import { meetAtEdge, meetAtTables, pathOfTarget } from "./fronts.ts";
import { readOpenFilesMax } from "./open-files.ts";

const loopback = "127.0.0.1";

const exitBroken = 70;

/** The others are for WebSockets, for MQTT over TCP, for functions and for files. */
const openFilesMax = readOpenFilesMax();

/** How long the requests in flight have once a door closes. */
const drainMsMax = 3000;

/** Larger bodies are refused by each operation with its own error. */
const requestBytesMax = 32 * 1_048_576;

export interface DoorTimes {
  readonly idleSecondsMax: number;
  /** To bring a body and be answered; 0: no bound, at most 255. */
  readonly requestSecondsMax: number;
}

/** Longer than load balancers keep an idle connection, lest they use one that is just closing. */
const idleSecondsMax = 75;

/**
 * A body has so long to come, enough for the largest at 50 kB/s, and its answer again: a function
 * behind an API has 30 seconds. It is as long as a socket's timer can be.
 */
const edgeTimes: DoorTimes = { idleSecondsMax, requestSecondsMax: 236 };

/** Calls may take as long as their own time-outs allow. */
const apiTimes: DoorTimes = { idleSecondsMax, requestSecondsMax: 0 };

const serverOptions = {
  maxRequestBodySize: requestBytesMax,
  // Else the runtime would show a page with source code when something goes wrong.
  development: false,
  // Outside development the runtime would share a port that another server has.
  reusePort: false,
  /** A broken invariant: nothing that runs on after it can be trusted. */
  error(error: Error): never {
    process.stderr.write(`${error.stack}\n`);
    process.exit(exitBroken);
  },
} as const;

export type Answer = (request: Request, client: { readonly ip: string }) => Promise<Response>;

export interface Door {
  readonly port: number;
  /**
   * Stops accepting; resolves when the requests in flight are answered and the WebSockets closed,
   * which the broker ends, or when they have had their time.
   */
  stop(): Promise<void>;
}

export interface ApiDoor extends Door {
  /**
   * Resolves when its WebSockets are closed, which the broker ends, or when they have had their
   * time, which then is over when the door stops, too. HTTP goes on.
   */
  untilNoWebSockets(): Promise<void>;
}

export interface ApiDoorOptions {
  readonly port: number;
  readonly answer: Answer;
  /** Answers some requests before they become the server's. */
  readonly tables: TableDoor;
  readonly broker: Broker;
  readonly authenticate: Authenticate;
  /** Until then no MQTT client is let in. */
  readonly isReady: () => boolean;
  readonly logger: Logger;
}

/**
 * MQTT over WebSocket stands here too: DescribeEndpoint gives one address, and a client of AWS IoT
 * speaks HTTP and MQTT to it. Opens at once; throws a `WorldError` when the port cannot be had.
 */
export function openApiDoor(options: ApiDoorOptions): ApiDoor {
  const { port } = options;
  const door = { what: "the API door", flag: "--api-port", port };
  let front: Front | undefined;
  const server = listen(door, () =>
    serveApi(options, (peer) => peer && front?.clientAddress(peer)),
  );
  const webSockets = new MqttWebSockets(options.broker);
  front = listen(door, () => tableFrontOf({ ...options, webSockets }, server));
  const { port: frontPort, stop } = front;
  const untilNoWebSockets = () => webSockets.untilNone(systemClock);
  return {
    port: frontPort,
    untilNoWebSockets,
    async stop() {
      await Promise.all([drain(server), stop(), untilNoWebSockets()]);
    },
  };
}

function serveApi({ answer, logger }: ApiDoorOptions, identify: Identify): Server<undefined> {
  const hasStrangeHost = strangeHosts();
  return Bun.serve({
    hostname: loopback,
    port: 0,
    ...serverOptions,
    idleTimeout: apiTimes.idleSecondsMax,
    fetch(request, server) {
      if (hasStrangeHost(request)) return badRequest();
      const ip = identify(server.requestIP(request));
      if (!ip) return new Response(null, { status: 403 });
      const timed = { request, server, times: apiTimes, logger };
      return inTime(timed, () => answer(request, { ip }));
    },
  });
}

function tableFrontOf(options: ApiDoorOptions & WebSocketsOf, server: Server<unknown>): Front {
  const { port, tables, logger } = options;
  return behindFront(server, (serverPort) =>
    openWholeFront({
      host: loopback,
      port,
      serverPort,
      meet: meetAtTables(tables),
      changing: signedChanging,
      failed: failure(logger),
      atEndOfTurn: setImmediate,
      upgrade: apiUpgrades(options),
      connectionFilesMax: openFilesMax && openFilesMax / 4,
      ...apiTimes,
      clock: systemClock,
      logger,
    }),
  );
}

/** What a request comes to over which something was thrown. */
function failure(logger: Logger) {
  return (request: WholeHead, thrown: unknown): WholeAnswer => {
    if (thrown instanceof InvariantBroken) return serverOptions.error(thrown);
    const { method, target } = request;
    return { ...failedWhole, body: tell({ method, path: target, logger }, thrown) };
  };
}

type Upgrade = NonNullable<WholeDoor["upgrade"]>;

interface WebSocketsOf {
  readonly webSockets: MqttWebSockets;
}

type UpgradePorts = Pick<UpgradeOptions, "anyOrigin" | "authenticate"> & WebSocketsOf;

/** Requests for `/mqtt` become clients of the broker. */
function upgrades({ webSockets, anyOrigin, authenticate }: UpgradePorts): Upgrade {
  return (head, arrival) => {
    if (pathOfTarget(head.target) !== mqttPath) return undefined;
    const options = { anyOrigin, authenticate, remoteAddress: arrival.remoteAddress };
    const accepted = acceptMqtt(upgradeHeadOf(head), options);
    if ("refusal" in accepted) return accepted.refusal;
    return () => webSockets.open(arrival, accepted);
  };
}

function upgradeHeadOf({ method, target, headers }: WholeHead) {
  return { method, url: `http://${headers.get("host")}${target}`, headers };
}

/** At the API door no page of elsewhere, whatever it calls us, and none before its time. */
function apiUpgrades({ isReady, ...ports }: ApiDoorOptions & WebSocketsOf): Upgrade {
  const upgrade = upgrades({ ...ports, anyOrigin: false });
  return (head, arrival) => {
    if (!isReady() || pathOfTarget(head.target) !== mqttPath) return undefined;
    const host = head.headers.get("host");
    if (isLoopbackHost(host)) return upgrade(head, arrival);
    return { ...forbiddenWhole, body: `${foreignHost(host)}\n` };
  };
}

const textHeaders = { "content-type": "text/plain;charset=utf-8" };
const failedWhole = { status: 500, headers: textHeaders };
const forbiddenWhole = { status: 403, headers: textHeaders };

export interface EdgeOptions {
  readonly host: string;
  readonly port: number;
  readonly broker: Broker;
  readonly edge: Edge;
  /** Clients prove who they are, so that any page may open a WebSocket. */
  readonly anyOrigin: boolean;
  readonly authenticate: Authenticate;
  /** Every connection begins with a PROXY header; one without is closed. */
  readonly proxyProtocol: boolean;
  readonly logger: Logger;
  readonly times?: DoorTimes;
}

/** Opens at once; throws a `WorldError` when the port cannot be had. */
export function openEdge(options: EdgeOptions): Door {
  const { host, port } = options;
  const door = { what: "the edge", flag: "--port", port };
  let front: Front | undefined;
  const server = listen(door, () =>
    serveEdge(options, (peer) => peer && front?.clientAddress(peer)),
  );
  const webSockets = new MqttWebSockets(options.broker);
  front = listen({ ...door, host }, () => edgeFrontOf({ ...options, webSockets }, server));
  const { port: frontPort, stop } = front;
  return {
    port: frontPort,
    async stop() {
      await Promise.all([drain(server), stop(), webSockets.untilNone(systemClock)]);
    },
  };
}

function edgeFrontOf(options: EdgeOptions & WebSocketsOf, server: Server<unknown>): Front {
  const { host, port, edge, broker, proxyProtocol, logger, times = edgeTimes } = options;
  return behindFront(server, (serverPort) =>
    openWholeFront({
      host,
      port,
      serverPort,
      proxyHeaderSecondsMax: proxyProtocol ? broker.limits.connectSecondsMax : undefined,
      meet: meetAtEdge(edge),
      failed: failure(logger),
      atEndOfTurn: setImmediate,
      upgrade: upgrades(options),
      connectionFilesMax: openFilesMax && openFilesMax / 2,
      ...times,
      clock: systemClock,
      logger,
    }),
  );
}

/** A server whose front cannot be opened is not left alone. */
function behindFront(server: Server<unknown>, open: (serverPort: number) => Front): Front {
  try {
    return open(server.port!);
  } catch (error) {
    void server.stop(true);
    throw error;
  }
}

/** Whom a peer of the HTTP server stands for; nothing: for nobody, so it is refused. */
type Identify = (peer: SocketAddress | null) => string | null | undefined;

function serveEdge(
  { edge, anyOrigin, authenticate, logger, times = edgeTimes }: EdgeOptions,
  identify: Identify,
): Server<undefined> {
  const hasStrangeHost = strangeHosts();
  return Bun.serve({
    hostname: loopback,
    port: 0,
    ...serverOptions,
    idleTimeout: times.idleSecondsMax,
    fetch(request, server) {
      if (hasStrangeHost(request)) return badRequest();
      const ip = identify(server.requestIP(request));
      if (!ip) return new Response(null, { status: 403 });
      const timed = { request, server, times, logger };
      if (pathOf(request.url) === mqttPath) {
        const options = { anyOrigin, authenticate, remoteAddress: ip };
        return inTime(timed, () => refuseUpgrade(request, options));
      }
      return inTime(timed, async () => responseOf(await edge.answer(incomingOf(request, { ip }))));
    },
  });
}

const notTaken =
  "this handshake is not taken here: it has an address in place of its path or a header that is " +
  "not known, or came on a connection with a request that had; open another";

/**
 * What the front has not taken for a handshake: mostly it asks for no upgrade, and is none. A sound
 * one ends its connection, which was handed over for something else.
 */
async function refuseUpgrade(request: Request, options: UpgradeOptions): Promise<Response> {
  const accepted = acceptMqtt(request, options);
  if (!("refusal" in accepted)) {
    return new Response(`${notTaken}\n`, { status: 503, headers: { connection: "close" } });
  }
  const { status, headers, body } = await accepted.refusal;
  return new Response(new Uint8Array(body), { status, headers });
}

/**
 * With a Host that makes no URL the runtime gives the bare path, or what cannot be read. What
 * follows a sound host makes no difference, and the next request mostly names the same.
 */
function strangeHosts(): (request: Request) => boolean {
  let soundOrigin = "http://localhost/";
  return ({ url }) => {
    if (url.startsWith(soundOrigin)) return false;
    if (!URL.canParse(url)) return true;
    soundOrigin = url.slice(0, url.indexOf("/", url.indexOf("//") + 2) + 1) || soundOrigin;
    return false;
  };
}

function badRequest(): Response {
  return new Response("Bad Request\n", { status: 400 });
}

interface Asked {
  readonly request: Request;
  readonly logger: Logger;
}

interface Timed extends Asked {
  readonly server: Server<never>;
  readonly times: DoorTimes;
}

/** The time of a request, and then again that of an idle connection, which sends the answer. */
async function inTime(timed: Timed, answer: () => Promise<Response>): Promise<Response> {
  const { request, server, times } = timed;
  server.timeout(request, times.requestSecondsMax);
  let response: Response;
  try {
    response = await answer();
  } catch (thrown) {
    response = failed(timed, thrown);
  }
  server.timeout(request, times.idleSecondsMax);
  return response;
}

function failed(asked: Asked, thrown: unknown): Response {
  if (thrown instanceof InvariantBroken) throw thrown;
  const { request, logger } = asked;
  const { method, url } = request;
  return new Response(tell({ method, path: pathOf(url), logger }, thrown), { status: 500 });
}

interface Failed {
  readonly method: string;
  /** A query may come with it, which is not told. */
  readonly path: string;
  readonly logger: Logger;
}

/** Logs what was thrown; what the client is told is nothing of it. */
function tell({ method, path, logger }: Failed, thrown: unknown): string {
  const [told] = path.split("?");
  logger.error("request failed", { method, path: shortened(told!), error: errorText(thrown) });
  return "Internal Server Error\n";
}

/** Opens at once; throws a `WorldError` when the port cannot be had. */
export function openMqtt(options: TcpOptions): TcpListener {
  const { host, port, credentials } = options;
  const door = credentials
    ? { what: "MQTT over TLS", flag: "--mqtts-port" }
    : { what: "MQTT over TCP", flag: "--mqtt-port" };
  return listen({ ...door, host, port }, () => listenTcp(options));
}

interface Opened {
  readonly what: string;
  readonly flag: string;
  readonly port: number;
  /** That `--host` names; absent: loopback, whatever it names. */
  readonly host?: string;
}

function listen<T>(door: Opened, open: () => T): T {
  try {
    return open();
  } catch (error) {
    const reason = listenProblem(error, door);
    throw new WorldError("NOT_LISTENING", `${door.what} cannot be opened: ${reason}`);
  }
}

/**
 * Why, and what to do about it. For a name or an address that leads nowhere the runtime has
 * several codes, or none; another port would not help.
 */
function listenProblem(error: unknown, { flag, port, host }: Opened): string {
  const advice = `choose another port with ${flag}, or 0 for any free one`;
  const { code } = error as { code?: string };
  if (code === "EADDRINUSE") return `port ${port} is in use; ${advice}`;
  if (code === "EACCES") return `port ${port} is not open to this user; ${advice}`;
  if (host === undefined || code === "EMFILE") return errorText(error);
  return `--host "${host}" is no address that this machine has`;
}

/** A request whose body never comes to an end must not keep the node from closing its records. */
async function drain(server: Server<unknown>): Promise<void> {
  const late = systemClock.after(drainMsMax, () => void server.stop(true));
  await server.stop();
  late.cancel();
}

function pathOf(url: string): string {
  const path = url.slice(url.indexOf("/", url.indexOf("//") + 2));
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}
