import { expect, test } from "bun:test";
import type { Machine } from "./machine.ts";
import { provideMqttClients } from "./mqtt-clients.ts";

const all = ["mosquitto_sub", "paho_c_sub"];

/** A machine with these commands, and Pythons that have Paho's library. */
function machine(is: Partial<Machine> & { commands?: string[]; pythons?: string[] }) {
  const { commands = [], pythons = [], ...rest } = is;
  const ran: string[] = [];
  const one: Machine = {
    platform: "linux",
    env: {},
    exists: (path) => pythons.includes(path),
    which: (command) => (commands.includes(command) ? `/usr/bin/${command}` : null),
    isRoot: () => false,
    async run(command) {
      if (command[1] === "-c")
        return { exitCode: pythons.includes(command[0]!) ? 0 : 1, output: "" };
      ran.push(command.slice(3).join(" "));
      if (command.includes("install")) {
        commands.push(...all);
        pythons.push("/usr/bin/python3");
      }
      return { exitCode: 0, output: "" };
    },
    ...rest,
  };
  return { one, ran };
}

const silent = () => {};

test("what is there is taken, Debian's Python first", async () => {
  const both = machine({ commands: [...all, "python3"], pythons: ["/usr/bin/python3", "python3"] });
  expect(await provideMqttClients(both.one, silent)).toEqual({ python: "/usr/bin/python3" });
  const other = machine({ commands: [...all, "python3"], pythons: ["python3"] });
  expect(await provideMqttClients(other.one, silent)).toEqual({ python: "python3" });
});

test("the named Python wins, and must have the library", async () => {
  const env = { PAHO_PYTHON: "/p" };
  const there = machine({ env, commands: all, pythons: ["/p", "/usr/bin/python3"] });
  expect(await provideMqttClients(there.one, silent)).toEqual({ python: "/p" });
  const { one } = machine({ env, commands: all, pythons: ["/usr/bin/python3"] });
  expect(await provideMqttClients(one, silent)).toMatchObject({
    why: expect.stringContaining("python3-paho-mqtt"),
  });
});

test("root on Debian gets what is missing installed, and is told", async () => {
  const { one, ran } = machine({ isRoot: () => true, commands: ["apt-get", "paho_c_sub"] });
  const told: string[] = [];
  const clients = await provideMqttClients(one, (line) => told.push(line));
  expect(clients).toEqual({ python: "/usr/bin/python3" });
  expect(ran).toEqual([
    "update",
    "install -y --no-install-recommends mosquitto-clients python3-paho-mqtt",
  ]);
  expect(told).toEqual(["installing with apt-get: mosquitto-clients python3-paho-mqtt"]);
});

test("a failed installation says so", async () => {
  const run = async () => ({ exitCode: 100, output: "no network" });
  const { one } = machine({ isRoot: () => true, commands: ["apt-get"], run });
  expect(await provideMqttClients(one, silent)).toEqual({
    why: '"apt-get update" failed:\nno network',
  });
});

test("elsewhere it says what to install", async () => {
  const { one } = machine({ commands: ["mosquitto_sub"] });
  expect(await provideMqttClients(one, silent)).toEqual({
    why: "no paho.mqtt.c-examples python3-paho-mqtt: install them, as Debian names them",
  });
});
