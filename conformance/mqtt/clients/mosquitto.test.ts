/** mosquitto's command-line clients, which speak MQTT over TCP. */

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
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-mosquitto-"));
const programs: Program[] = [];
let server: Server;

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

const at = (version: string) => {
  const { hostname, port } = new URL(server.mqtt);
  return ["-V", version, "-h", hostname, "-p", port];
};

async function publish(version: string, ...rest: string[]) {
  const { code, output } = await run(["mosquitto_pub", ...at(version), ...rest]);
  expect(output).toBe("");
  expect(code).toBe(0);
}

/** Listens once it is subscribed: the retained message that it is sent then has been read. */
async function listen(version: string, topic: string, ...rest: string[]): Promise<Program> {
  await publish(version, "-t", topic, "-m", "ready", "-q", "1", "-r");
  const command = ["mosquitto_sub", ...at(version), "-t", topic, "-F", "%p", ...rest];
  const program = new Program(command);
  programs.push(program);
  await program.prints(1);
  return program;
}

describe.each(["mqttv31", "mqttv311", "mqttv5"])("with %s", (version) => {
  test("messages of each QoS are heard", async () => {
    const filter = `${version}/qos/+`;
    await publish(version, "-t", `${version}/qos/x`, "-m", "ready", "-q", "2", "-r");
    const command = ["mosquitto_sub", ...at(version), "-t", filter, "-q", "2"];
    const listener = new Program([...command, "-F", "%t %q %r %p"]);
    programs.push(listener);
    expect(await listener.prints(1)).toEqual([`${version}/qos/x 2 1 ready`]);
    for (const qos of ["0", "1", "2"]) {
      await publish(version, "-t", `${version}/qos/${qos}`, "-m", `q ${qos}`, "-q", qos);
    }
    expect(await listener.prints(3)).toEqual(
      ["0", "1", "2"].map((qos) => `${version}/qos/${qos} ${qos} 0 q ${qos}`),
    );
  });

  test("a session keeps what came while nobody was there", async () => {
    const topic = `${version}/kept`;
    const expiry = version === "mqttv5" ? ["-x", "600"] : [];
    const session = ["-c", ...expiry, "-i", `keeper-${version}`, "-q", "2", "-t", topic];
    expect((await run(["mosquitto_sub", ...at(version), ...session, "-E"])).code).toBe(0);
    const lines = Array.from({ length: 50 }, (_, number) => `line ${number}`);
    const writer = ["mosquitto_pub", ...at(version), "-t", topic, "-q", "2", "-l"];
    expect((await run(writer, `${lines.join("\n")}\n`)).code).toBe(0);
    await server.kill();
    server = await startServer({ template, dataFolder, at: server });
    const reader = await run(["mosquitto_sub", ...at(version), ...session, "-C", "50"]);
    expect(reader.output.trim().split("\n")).toEqual(lines);
  });

  test("a will comes when a client is killed", async () => {
    const watcher = await listen(version, `${version}/wills`, "-q", "1");
    const will = ["--will-topic", `${version}/wills`, "--will-payload", "gone", "--will-qos", "1"];
    const client = await listen(version, `${version}/other`, ...will);
    await client.end("SIGKILL");
    expect(await watcher.prints(1)).toEqual(["gone"]);
  });

  test("an empty retained message deletes", async () => {
    for (const name of ["a", "b"]) {
      await publish(version, "-t", `${version}/r/${name}`, "-m", name, "-q", "1", "-r");
    }
    await publish(version, "-t", `${version}/r/a`, "-n", "-q", "1", "-r");
    const reader = ["mosquitto_sub", ...at(version), "-t", `${version}/r/#`, "-C", "1"];
    expect((await run(reader)).output).toBe("b\n");
  });
});

describe("with what only MQTT 5 has", () => {
  test("a request finds its answer", async () => {
    const question = ["-V", "mqttv5", ...at("mqttv5").slice(2), "-t", "ask", "-q", "1"];
    const responder = await listen("mqttv5", "ask", "-q", "1", "-F", "%R %p");
    const asking = run(["mosquitto_rr", ...question, "-e", "answers/1", "-m", "how many?"]);
    expect(await responder.prints(1)).toEqual(["answers/1 how many?"]);
    await publish("mqttv5", "-t", "answers/1", "-m", "seven", "-q", "1");
    expect((await asking).output).toBe("seven\n");
  });

  test("properties come through", async () => {
    const topic = "five/properties";
    const listener = await listen("mqttv5", topic, "-q", "1", "-F", "%C %D %P %p");
    const properties = [
      ["content-type", "text/plain"],
      ["correlation-data", "17"],
      ["user-property", "a", "1"],
      ["user-property", "b", "2"],
      ["topic-alias", "3"],
    ].flatMap((words) => ["-D", "publish", ...words]);
    await publish("mqttv5", "-t", topic, "-m", "x", "-q", "1", ...properties);
    expect(await listener.prints(1)).toEqual(["text/plain 17 a:1 b:2 x"]);
  });

  test("a shared subscription hands out its work", async () => {
    const members = [1, 2].map(
      () => new Program(["mosquitto_sub", ...at("mqttv5"), "-t", "$share/team/work", "-q", "1"]),
    );
    programs.push(...members);
    const heard: string[] = [];
    const listening = members.map(async (member) => {
      for (;;) {
        const [line] = await member.prints(1);
        if (line === undefined) return;
        heard.push(line);
      }
    });
    // Until one is there nobody is, and a message is not kept.
    while (heard.length === 0) await publish("mqttv5", "-t", "work", "-m", "first", "-q", "1");
    const lines = Array.from({ length: 20 }, (_, number) => `${number}`);
    const writer = ["mosquitto_pub", ...at("mqttv5"), "-t", "work", "-q", "1", "-l"];
    await run(writer, `${lines.join("\n")}\n`);
    while (heard.filter((line) => line !== "first").length < 20) await Bun.sleep(20);
    for (const member of members) await member.end();
    await Promise.all(listening);
    expect(heard.filter((line) => line !== "first").toSorted()).toEqual(lines.toSorted());
  });
});
