/**
 * Runs one exchange of the data against a server. Steps run one after another and the first that
 * is not met ends the case. Nothing sleeps: that nothing came is proved by a PINGREQ and its
 * PINGRESP on the same connection, and every wait has a bound.
 *
 * A step is a sentence, `["a", "receives", "d0 00"]`: who, what, and with what. Every name of a
 * connection that is new, or that was closed, opens one.
 */

import { type Code, codeMeets, type Expectation, meets } from "./expectation.ts";
import { type Address, type Line, openLine } from "./line.ts";
import { bytesOf, type Scope } from "./notation.ts";
import { type Level, type Received, takeApart } from "./received.ts";

export type { Level };

export type Step =
  /**
   * Bytes; without, a plain CONNECT. Then a CONNACK must come that accepts. The connection speaks
   * the level that its CONNECT names, which may be another than that of the case.
   */
  | readonly [who: string, verb: "connects", bytes?: string]
  | readonly [who: string, verb: "sends", bytes: string]
  | readonly [who: string, verb: "receives", what: Expectation]
  /** Alternatives; `"close"` may be one. */
  | readonly [who: string, verb: "receives one of", what: readonly (Expectation | "close")[]]
  /** This, after any other packets. */
  | readonly [who: string, verb: "receives in the end", what: Expectation]
  /** All of these, in any order. */
  | readonly [who: string, verb: "receives all of", what: readonly Expectation[]]
  /** `who` is `"a b"`: each packet comes to exactly one of them, in any order. */
  | readonly [who: string, verb: "share", what: readonly Expectation[]]
  /** Nothing waits and the connection is open. */
  | readonly [who: string, verb: "is quiet"]
  /** The server ends it; a CONNACK or DISCONNECT with one of these codes may come before. */
  | readonly [who: string, verb: "is closed", codes?: Code]
  /** Ends the connection without a DISCONNECT. */
  | readonly [who: string, verb: "hangs up"];

export interface Exchange {
  readonly name: string;
  readonly level: Level;
  /** `MQTT-3.1.0-2` of 3.1.1, `MQTT5-3.1.0-2` of 5.0; `MQTT5-3.14.2.1` is a section. */
  readonly clauses: readonly string[];
  /** What the server must have, and not every server has. */
  readonly tags?: readonly string[];
  /** Servers known to do otherwise, with the reason why the case is right. */
  readonly deviations?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export interface Settings extends Address {
  /** The longest wait of any step. */
  readonly waitMilliseconds: number;
  /** Whether a bare close is a failure where a reason code could have come. */
  readonly demandsReasons: boolean;
}

interface Connection {
  readonly line: Line;
  level: Level;
  accepted: boolean;
}

interface Run {
  readonly level: Level;
  readonly settings: Settings;
  readonly scope: Scope;
  readonly connections: Map<string, Connection>;
}

/**
 * `undefined` when every step was met, else which was not and what came instead. `token` is four
 * letters that no other case of this time has.
 */
export async function runExchange(
  exchange: Exchange,
  settings: Settings,
  token: string,
): Promise<string | undefined> {
  const scope = { token, kept: new Map<string, Uint8Array>() };
  const run: Run = { level: exchange.level, settings, scope, connections: new Map() };
  try {
    for (const [index, step] of exchange.steps.entries()) {
      const problem = await runStep(run, step);
      if (problem) return `step ${index + 1}, ${step[0]} ${step[1]}: ${problem}`;
    }
    return undefined;
  } finally {
    for (const { line } of run.connections.values()) line.hangUp();
  }
}

async function runStep(run: Run, step: Step): Promise<string | undefined> {
  const [who, verb, what] = step;
  if (verb === "share") return await share(run, who.split(" "), what);
  const connection = await connectionOf(run, who);
  switch (verb) {
    case "connects":
      return await enter(run, connection, what ?? plainConnect(run.level, who));
    case "sends":
      connection.line.send(bytesOf(what, run.scope));
      return undefined;
    case "receives":
      return await receive(run, connection, [what]);
    case "receives one of":
      return await receive(run, connection, what);
    case "receives in the end":
      return await receiveInTheEnd(run, connection, what);
    case "receives all of":
      return await receiveAll(run, connection, what);
    case "is quiet":
      connection.line.send(bytesOf("c0 00", run.scope));
      return await receive(run, connection, ["d0 00"]);
    case "is closed":
      run.connections.delete(who);
      return await closed(run, connection, what);
    case "hangs up":
      run.connections.delete(who);
      connection.line.hangUp();
      return undefined;
  }
}

/** What `connects` sends: a clean start, no keep-alive, the name as the end of the client id. */
function plainConnect(level: Level, who: string): string {
  const none = level === 5 ? "00" : "";
  const name = level === 3 ? "00 06 'MQIsdp'" : "00 04 'MQTT'";
  const length = 16 + who.length + (level === 4 ? 0 : level === 5 ? 1 : 2);
  const idLength = (4 + who.length).toString(16).padStart(2, "0");
  const remaining = length.toString(16).padStart(2, "0");
  return `10 ${remaining} ${name} 0${level} 02 00 00 ${none} 00 ${idLength} '@@@@${who}'`;
}

/** The level in the bytes of a CONNECT, which stands behind the name of the protocol. */
function levelIn(connect: Uint8Array, otherwise: Level): Level {
  const from = connect.findIndex((byte, at) => at > 0 && byte < 0x80) + 1;
  const level = connect[from + 2 + connect[from]! * 256 + connect[from + 1]!];
  return level === 3 || level === 4 || level === 5 ? level : otherwise;
}

async function connectionOf(run: Run, who: string): Promise<Connection> {
  const { connections, settings, level } = run;
  const known = connections.get(who);
  if (known) return known;
  const connection = { line: await openLine(settings), level, accepted: false };
  connections.set(who, connection);
  return connection;
}

async function enter(run: Run, connection: Connection, notation: string) {
  const bytes = bytesOf(notation, run.scope);
  connection.level = levelIn(bytes, run.level);
  connection.line.send(bytes);
  return await receive(run, connection, [{ packet: "CONNACK", code: "0x00" }]);
}

/** The next packet, `closed` or `nothing`; a malformed one throws. */
async function next({ settings }: Run, connection: Connection) {
  const bytes = await connection.line.next(settings.waitMilliseconds);
  if (typeof bytes === "string") return bytes;
  const received = takeApart(bytes, connection.level);
  if (received.packet === "CONNACK" && received.code === 0) connection.accepted = true;
  return received;
}

async function receive(
  run: Run,
  connection: Connection,
  what: readonly (Expectation | "close")[],
): Promise<string | undefined> {
  const received = await next(run, connection);
  const met = what.some((one) =>
    typeof received === "string" || one === "close"
      ? received === "closed" && one === "close"
      : meets(received, one, run.scope),
  );
  return met ? undefined : `expected ${what.map(show).join(" or ")}, ${came(received)}`;
}

async function receiveInTheEnd(
  run: Run,
  connection: Connection,
  what: Expectation,
): Promise<string | undefined> {
  for (;;) {
    const received = await next(run, connection);
    if (typeof received === "string") return `expected ${show(what)} in the end, ${came(received)}`;
    if (meets(received, what, run.scope)) return undefined;
  }
}

async function receiveAll(
  run: Run,
  connection: Connection,
  what: readonly Expectation[],
): Promise<string | undefined> {
  const missing = [...what];
  while (missing.length > 0) {
    const received = await next(run, connection);
    if (!strikeOut(run, missing, received)) {
      return `expected ${missing.map(show).join(" and ")}, ${came(received)}`;
    }
  }
  return undefined;
}

/** Asks each in turn with a PINGREQ, until everything has come; bounded by the number of asks. */
async function share(
  run: Run,
  names: readonly string[],
  what: readonly Expectation[],
): Promise<string | undefined> {
  const missing = [...what];
  const asksMax = 200;
  for (let ask = 0; missing.length > 0 && ask < asksMax; ask += 1) {
    const connection = await connectionOf(run, names[ask % names.length]!);
    connection.line.send(bytesOf("c0 00", run.scope));
    for (;;) {
      const received = await next(run, connection);
      if (typeof received !== "string" && received.packet === "PINGRESP") break;
      if (!strikeOut(run, missing, received)) return `expected that once, ${came(received)}`;
    }
  }
  return missing.length > 0 ? `nobody got ${missing.map(show).join(" and ")}` : undefined;
}

function strikeOut(run: Run, missing: Expectation[], received: Received | string): boolean {
  if (typeof received === "string") return false;
  const index = missing.findIndex((one) => meets(received, one, run.scope));
  if (index >= 0) missing.splice(index, 1);
  return index >= 0;
}

async function closed(
  run: Run,
  connection: Connection,
  codes: Code | undefined,
): Promise<string | undefined> {
  const bearer = connection.accepted ? "DISCONNECT" : "CONNACK";
  const received = await next(run, connection);
  const wish = codes ? `${bearer} with ${[codes].flat().join(" or ")}, then a close` : "a close";
  if (received === "closed" && (!codes || !run.settings.demandsReasons)) return undefined;
  if (typeof received === "string") return `expected ${wish}, ${came(received)}`;
  if (received.packet !== bearer || !codes || !codeMeets(received.code, codes)) {
    return `expected ${wish}, ${came(received)}`;
  }
  const after = await next(run, connection);
  return after === "closed" ? undefined : `expected a close after it, ${came(after)}`;
}

function show(what: Expectation): string {
  return typeof what === "string" ? what : JSON.stringify(what);
}

function came(received: Received | string): string {
  if (received === "closed") return "but the server closed the connection";
  if (typeof received === "string") return "but nothing came in time";
  const bytes = Buffer.from(received.bytes)
    .toString("hex")
    .replaceAll(/..(?=.)/g, "$& ");
  return `but ${received.packet} came: ${bytes.slice(0, 300)}`;
}
