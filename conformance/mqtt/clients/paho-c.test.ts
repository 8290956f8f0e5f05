/** Eclipse Paho's clients in C, by their command-line programs: the synchronous and the other. */

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
import { Program, run } from "./programs.ts";

setDefaultTimeout(60_000);

const template = "bench/empty-template.yaml";
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-paho-c-"));
const programs: Program[] = [];
let server: Server;
let clientCount = 0;

beforeAll(async () => {
  server = await startServer({ template, dataFolder });
});

afterEach(async () => {
  for (const program of programs.splice(0)) await program.end();
});

afterAll(async () => {
  await server.stop();
  rmSync(dataFolder, { recursive: true });
});

const programsOf = {
  synchronous: { publisher: "paho_cs_pub", subscriber: "paho_cs_sub" },
  asynchronous: { publisher: "paho_c_pub", subscriber: "paho_c_sub" },
} as const;

/** Each program takes half a second to leave, so not every library in every way. */
const ways = (
  [
    ["synchronous", "31", "mqtt"],
    ["synchronous", "311", "mqtt"],
    ["synchronous", "5", "websocket"],
    ["asynchronous", "311", "websocket"],
    ["asynchronous", "5", "mqtt"],
  ] as const
).map(([library, version, door]) => ({ library, version, door }));

describe.each(ways)("$library, version $version over $door", (way) => {
  const { library, door, version } = way;
  const { publisher, subscriber } = programsOf[library];
  const scope = `${library}/${version}/${door}`;

  const common = () => {
    clientCount += 1;
    const url = server[door].replace(/^mqtt:/, "tcp:");
    // Over WebSocket it leaves the second packet of a frame lying until more comes: a PINGRESP.
    const keepAlive = ["-k", "1"];
    return ["-c", url, "-V", version, "-i", `paho-c-${clientCount}`, "--quiet", ...keepAlive];
  };

  const publish = async (topic: string, text: string, ...rest: string[]) => {
    const long = ["--maxdatalen", "100000"];
    const command = [publisher, ...common(), ...long, "-t", topic, "-m", text, ...rest];
    const { code } = await run(command);
    expect(code).toBe(0);
  };

  /** Listens once it is subscribed: the retained message that it is sent then has been read. */
  const listen = async (topic: string, ...rest: string[]) => {
    await publish(topic, "ready", "-q", "1", "-r");
    const program = new Program([subscriber, ...common(), "-t", topic, "-q", "2", ...rest]);
    programs.push(program);
    expect(await program.prints(1)).toEqual(["ready"]);
    return program;
  };

  test("messages of each QoS are heard", async () => {
    const listener = await listen(`${scope}/qos`);
    const texts = ["zero", "one", "x".repeat(50_000)];
    for (const [qos, text] of texts.entries()) await publish(`${scope}/qos`, text, "-q", `${qos}`);
    expect(await listener.prints(3)).toEqual(texts);
  });

  test("a will comes when a client is killed", async () => {
    const watcher = await listen(`${scope}/wills`);
    const will = ["--will-topic", `${scope}/wills`, "--will-payload", "gone", "--will-qos", "1"];
    const client = await listen(`${scope}/other`, ...will);
    await client.end("SIGKILL");
    expect(await watcher.prints(1)).toEqual(["gone"]);
  });
});
