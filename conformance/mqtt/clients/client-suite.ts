/**
 * What any MQTT client library should be able to do with the server: one suite, run for each
 * library, version and transport.
 */

import {
  afterAll,
  afterEach,
  beforeAll,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Server, startServer } from "../../harness.ts";
import { Certificates } from "../certificates.ts";
import {
  type ClientOptions,
  type Note,
  type RemoteClient,
  RemoteProcess,
} from "./remote-client.ts";

export interface Library {
  /** Runs its driver. */
  readonly command: readonly string[];
  /** The versions of MQTT that it speaks, with the highest QoS that it can do in each. */
  readonly qosMax: Readonly<Partial<Record<ClientOptions["version"], 1 | 2>>>;
}

const template = "bench/empty-template.yaml";

/** The server of a suite, and clients of one library. */
class Stage {
  readonly #library: Library;
  readonly #dataFolder = mkdtempSync(join(tmpdir(), "millrace-clients-"));
  readonly #certificates = new Certificates();
  readonly #pair = this.#certificates.selfSigned("server");
  readonly #device = this.#certificates.signedBy(this.#pair, "device");
  #server: Server | undefined;
  /** Holds the clients that need not vanish. */
  #process: RemoteProcess | undefined;
  #clients: RemoteClient[] = [];

  constructor(library: Library) {
    this.#library = library;
  }

  async open() {
    await this.#start();
    this.#process = new RemoteProcess(this.#library.command);
  }

  async crash() {
    await this.#server!.kill();
    await this.#start();
  }

  async #start() {
    const { certificate, key } = this.#pair;
    const tls = ["--tls-cert", certificate, "--tls-key", key, "--tls-ca", certificate];
    const flags = ["--mqtts-port", "0", ...tls];
    const at = this.#server;
    this.#server = await startServer({ template, dataFolder: this.#dataFolder, at, flags });
  }

  /** Before the next test. */
  async clear() {
    for (const client of this.#clients.splice(0)) await client.disconnect();
  }

  async close() {
    await this.#process?.kill();
    await this.#server?.stop();
    this.#certificates.remove();
    rmSync(this.#dataFolder, { recursive: true });
  }

  /** A client that is connected. */
  async enter(how: Way, clientId: string, options: Partial<ClientOptions> = {}) {
    const client = await this.#process!.open(this.#optionsOf(how, clientId, options));
    const sessionPresent = await client.connect();
    this.#clients.push(client);
    const leave = async () => {
      this.#clients = this.#clients.filter((one) => one !== client);
      await client.disconnect();
    };
    return { client, sessionPresent, leave };
  }

  /** Connects a client, and then its process is no more. */
  async enterAndVanish(how: Way, clientId: string, options: Partial<ClientOptions>) {
    const process = new RemoteProcess(this.#library.command);
    const client = await process.open(this.#optionsOf(how, clientId, options));
    await client.connect();
    await process.kill();
  }

  #optionsOf({ version, transport }: Way, clientId: string, options: Partial<ClientOptions>) {
    const tls = { ca: this.#pair.certificate, ...this.#device };
    return {
      url: this.#server![transport]!.replace("127.0.0.1", "localhost"),
      ...(transport === "mqtts" && { tls }),
      clientId: `${clientId}-${version}-${transport}`,
      version,
      cleanStart: true,
      sessionExpirySeconds: 600,
      ...options,
    };
  }
}

interface Way {
  readonly version: ClientOptions["version"];
  readonly transport: "mqtt" | "websocket" | "mqtts";
}

const transportNames = { mqtt: "TCP", websocket: "WebSocket", mqtts: "TLS" };

/** Registers the tests, with a server of their own. */
export function testLibrary(library: Library): void {
  setDefaultTimeout(60_000);
  const stage = new Stage(library);
  beforeAll(() => stage.open());
  afterEach(() => stage.clear());
  afterAll(() => stage.close());
  for (const transport of ["mqtt", "websocket", "mqtts"] as const) {
    for (const version of [3, 4, 5] as const) {
      const qosMax = library.qosMax[version];
      if (!qosMax) continue;
      const way = { version, transport };
      const name = version === 5 ? "MQTT 5" : version === 4 ? "MQTT 3.1.1" : "MQTT 3.1";
      describe(`${name} over ${transportNames[transport]}`, () => {
        testMessages(stage, way, qosMax);
        if (transport === "mqtts") return; // the rest is the same underneath
        testSessions(stage, way, qosMax);
        testWills(stage, way);
        if (version === 5) testMqtt5(stage, way);
      });
    }
  }
}

function note(topic: string, payload: string, rest: Partial<Note> = {}): Note {
  return { topic, payload, qos: 1, retain: false, ...rest };
}

const textsOf = (messages: readonly Note[]) => messages.map(({ payload }) => payload);

function testMessages(stage: Stage, way: Way, qosMax: 1 | 2): void {
  const scope = `messages/${way.version}/${way.transport}`;

  test("every QoS both ways, long and in any script", async () => {
    const { client } = await stage.enter(way, "all");
    expect(await client.subscribe(`${scope}/+/λ`, qosMax)).toBe(qosMax);
    const sent = [
      note(`${scope}/0/λ`, "zero", { qos: 0 }),
      note(`${scope}/1/λ`, "x".repeat(300_000), { qos: 1 }),
      note(`${scope}/2/λ`, "zwölf Boxkämpfer 🥊", { qos: qosMax }),
    ];
    for (const message of sent) await client.publish(message);
    const heard = await client.hears(3);
    const seen = heard.map(({ topic, payload, qos, retain }) => ({ topic, payload, qos, retain }));
    expect(seen).toEqual(sent.map((one) => ({ ...one })));
  });

  test("what is retained comes to whoever subscribes later, until it is emptied", async () => {
    const { client } = await stage.enter(way, "keeper");
    await client.subscribe(`${scope}/kept`, 1);
    await client.publish(note(`${scope}/kept`, "on", { retain: true }));
    const [live] = await client.hears(1);
    expect([live?.payload, live?.retain]).toEqual(["on", false]);
    const later = (await stage.enter(way, "later")).client;
    await later.subscribe(`${scope}/#`, 1);
    const [kept] = await later.hears(1);
    expect([kept?.payload, kept?.retain, kept?.qos]).toEqual(["on", true, 1]);
    await client.publish(note(`${scope}/kept`, "", { retain: true }));
    const latest = (await stage.enter(way, "latest")).client;
    await latest.subscribe(`${scope}/#`, 1);
    await client.publish(note(`${scope}/end`, "end"));
    expect(textsOf(await latest.hears(1))).toEqual(["end"]);
  });
}

function testSessions(stage: Stage, way: Way, qosMax: 1 | 2): void {
  const scope = `sessions/${way.version}/${way.transport}`;
  /** MQTT 3.1 has no word for it. */
  const present = way.version > 3;

  test("a session keeps what came while its client was away, over a crash too", async () => {
    const first = await stage.enter(way, "sleeper", { cleanStart: false });
    expect(first.sessionPresent).toBe(false);
    await first.client.subscribe(`${scope}/away`, qosMax);
    await first.leave();
    const writer = (await stage.enter(way, "writer")).client;
    const texts = Array.from({ length: 20 }, (_, number) => `${number}`);
    for (const text of texts) await writer.publish(note(`${scope}/away`, text, { qos: qosMax }));
    await stage.crash();
    const back = await stage.enter(way, "sleeper", { cleanStart: false });
    expect(back.sessionPresent).toBe(present);
    expect(textsOf(await back.client.hears(20))).toEqual(texts);
    await back.leave();
    const fresh = await stage.enter(way, "sleeper", { cleanStart: true });
    expect(fresh.sessionPresent).toBe(false);
  });

  test("a client finds back by itself when the server was away", async () => {
    const { client } = await stage.enter(way, "stayer", { cleanStart: false });
    await client.subscribe(`${scope}/outage`, 1);
    await stage.crash();
    expect(await client.comesBack()).toBe(present);
    const writer = (await stage.enter(way, "writer-2")).client;
    await writer.publish(note(`${scope}/outage`, "again"));
    expect(textsOf(await client.hears(1))).toEqual(["again"]);
    await client.publish(note(`${scope}/outage`, "from here"));
    expect(textsOf(await client.hears(2))).toEqual(["again", "from here"]);
  });
}

function testWills(stage: Stage, way: Way): void {
  const topic = `wills/${way.version}/${way.transport}`;

  test("a will comes when its client vanishes, not when it takes leave", async () => {
    const watcher = (await stage.enter(way, "watcher")).client;
    await watcher.subscribe(topic, 1);
    const will = note(topic, "vanished", { retain: true });
    await stage.enterAndVanish(way, "ann", { will });
    const [heard] = await watcher.hears(1);
    expect([heard?.payload, heard?.qos, heard?.retain]).toEqual(["vanished", 1, false]);
    const ben = await stage.enter(way, "ben", { will: note(topic, "never") });
    await ben.leave();
    const later = (await stage.enter(way, "later-2")).client;
    await later.subscribe(topic, 1);
    expect((await later.hears(1)).map((one) => [one.payload, one.retain])).toEqual([
      ["vanished", true],
    ]);
    await later.publish(note(topic, "end"));
    expect(textsOf(await watcher.hears(2))).toEqual(["vanished", "end"]);
  });
}

function testMqtt5(stage: Stage, way: Way): void {
  const scope = `five/${way.transport}`;

  test("properties come through unchanged, and the expiry counts down", async () => {
    const { client } = await stage.enter(way, "properties");
    await client.subscribe(`${scope}/properties`, 1);
    const properties = {
      contentType: "text/plain",
      responseTopic: `${scope}/answers`,
      correlationData: "17",
      userProperties: [
        ["one", "1"],
        ["two", "2"],
        ["two", "zwei"],
      ],
    } as const;
    const expiring = { ...properties, messageExpiryInterval: 3600 };
    await client.publish(note(`${scope}/properties`, "x", { properties: expiring }));
    const [heard] = await client.hears(1);
    expect(heard?.properties).toMatchObject(properties);
    const left = heard?.properties?.messageExpiryInterval ?? 0;
    expect(left).toBeGreaterThan(3000);
    expect(left).toBeLessThanOrEqual(3600);
  });

  test("a shared subscription hands each message to one of its members", async () => {
    const members = [
      (await stage.enter(way, "member-1")).client,
      (await stage.enter(way, "member-2")).client,
    ];
    for (const member of members) await member.subscribe(`$share/team/${scope}/work`, 1);
    const writer = (await stage.enter(way, "boss")).client;
    const texts = Array.from({ length: 20 }, (_, number) => `${number}`);
    for (const text of texts) await writer.publish(note(`${scope}/work`, text));
    const both = () => members.flatMap(({ messages }) => textsOf(messages));
    while (both().length < 20) await Promise.race(members.map((one) => one.hearsMore()));
    expect(both().toSorted()).toEqual(texts.toSorted());
  });

  test("a session that expires at once is gone, another one stays", async () => {
    for (const [sessionExpirySeconds, present] of [
      [0, false],
      [600, true],
    ] as const) {
      const options = { cleanStart: false, sessionExpirySeconds };
      const name = `expiry-${sessionExpirySeconds}`;
      const first = await stage.enter(way, name, options);
      await first.client.subscribe(`${scope}/expiry`, 1);
      await first.leave();
      expect((await stage.enter(way, name, options)).sessionPresent).toBe(present);
    }
  });
}
