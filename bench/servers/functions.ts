/**
 * Servers of functions: Millrace, serverless-offline, and a bare Node server without any.
 *
 * All serve the same handlers of `functions/`: `/warm`, and `/cold/0` and so on, each of those a
 * function of its own. Templates are made here, so that they name the same.
 */

import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import manifest from "../../packages/millrace/package.json" with { type: "json" };
import type { Target } from "../load/workload.ts";
import type { Peer, RunningPeer, StartContext } from "./peer.ts";
import { freePort } from "./processes.ts";

const root = join(import.meta.dir, "..", "..");
const program = join(root, "packages", "millrace", "bin", "millrace.js");
const handlers = join(import.meta.dir, "..", "functions");
const ports = "--port 0 --api-port 0 --mqtt-port 0 --no-watch --json".split(" ");
const offlineStartSecondsMax = 60;
const offlineVersions = ["serverless@3.40.0", "serverless-offline@13.9.0"];

/** How many functions there are to be started. */
export const coldCount = 10;
const coldPaths = Array.from({ length: coldCount }, (_, index) => `/cold/${index}`);

export const millraceFunctions: Peer = {
  name: "millrace",
  objection: () => undefined,
  version: () => manifest.version,
  start: (context) => startMillrace(context, ["--data", "data"]),
};

export const millraceFunctionsInMemory: Peer = {
  ...millraceFunctions,
  name: "millrace --memory",
  start: (context) => startMillrace(context, ["--memory"]),
};

/** With one process for all functions, which calls wait for. */
export const millraceOneProcess: Peer = {
  ...millraceFunctions,
  start: (context) => startMillrace(context, ["--data", "data", "--processes", "1"]),
};

interface Announcement {
  readonly edge: string;
  readonly api: string;
  readonly pid: number;
}

async function startMillrace(context: StartContext, flags: string[]): Promise<RunningPeer> {
  const { processes, folder, profileFolder } = context;
  const template = join(folder, "template.json");
  writeFileSync(template, JSON.stringify(millraceTemplate()));
  const profiler = profileFolder ? ["--cpu-prof", "--cpu-prof-dir", profileFolder] : [];
  const words = [...profiler, program, "start", ...flags, ...ports, template];
  const started = processes.start("millrace", [process.execPath, ...words], { cwd: folder });
  const { edge, api, pid } = JSON.parse(await started.nextLine()) as Announcement;
  return { target: targetOf(Number(new URL(edge).port)), pid, invokePort: portOf(api) };
}

function millraceTemplate(): object {
  const properties = { CodeUri: handlers, Runtime: "nodejs20.x", Timeout: 30, MemorySize: 512 };
  const onPath = (handler: string, path: string) => ({
    Type: "AWS::Serverless::Function",
    Properties: {
      ...properties,
      Handler: handler,
      Events: { Get: { Type: "HttpApi", Properties: { Method: "GET", Path: path } } },
    },
  });
  const cold = coldPaths.map((path, index) => [
    `Cold${index}`,
    onPath(handlerOf("cold.mjs"), path),
  ]);
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Transform: "AWS::Serverless-2016-10-31",
    Resources: {
      Warm: onPath(handlerOf("warm.mjs"), "/warm"),
      Event: {
        Type: "AWS::Serverless::Function",
        Properties: { ...properties, FunctionName: "event", Handler: handlerOf("event.mjs") },
      },
      ...Object.fromEntries(cold),
    },
  };
}

/** Node's own server, which does the same without any functions. */
export const bareNode: Peer = {
  name: "bare node",
  objection: () => (Bun.which("node") ? undefined : "not installed: node"),
  version: () => Bun.spawnSync(["node", "--version"]).stdout.toString().trim(),
  async start({ processes, folder }) {
    const command = ["node", join(handlers, "bare.mjs")];
    const started = processes.start("bare node", command, { cwd: folder });
    return { target: targetOf(Number(await started.nextLine())), pid: started.pid };
  },
};

/**
 * It brings 636 packages, one of which runs a script while it is installed, so it is in no lock
 * file here: whoever wants to compare installs it in a folder of its own.
 */
export const serverlessOffline: Peer = {
  name: "serverless-offline",
  objection() {
    const folder = process.env.SERVERLESS_OFFLINE;
    if (folder && existsSync(join(folder, "node_modules", "serverless-offline"))) return undefined;
    const install = `npm install --ignore-scripts --prefix DIR ${offlineVersions.join(" ")}`;
    return `not installed: ${install}, then SERVERLESS_OFFLINE=DIR`;
  },
  version() {
    const file = join(offlineModules(), "serverless-offline", "package.json");
    return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
  },
  async start({ processes, folder }) {
    cpSync(handlers, folder, { recursive: true });
    symlinkSync(offlineModules(), join(folder, "node_modules"), "dir");
    writeFileSync(join(folder, "serverless.json"), JSON.stringify(offlineService()));
    const [port, invokePort] = [freePort(), freePort()];
    const cli = join(folder, "node_modules", "serverless", "bin", "serverless.js");
    const flags = `--host 127.0.0.1 --httpPort ${port} --lambdaPort ${invokePort}`.split(" ");
    const env = {
      PATH: process.env.PATH ?? "",
      HOME: folder,
      SLS_TELEMETRY_DISABLED: "1",
      SLS_NOTIFICATIONS_MODE: "off",
      AWS_ACCESS_KEY_ID: "bench",
      AWS_SECRET_ACCESS_KEY: "bench",
    };
    const words = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const command = ["/usr/bin/env", "-i", ...words, "node", cli, "offline", "start", ...flags];
    const started = processes.start("serverless-offline", command, { cwd: folder });
    await started.listening(port, offlineStartSecondsMax);
    return { target: targetOf(port), pid: started.pid, invokePort };
  },
};

function offlineModules(): string {
  return join(resolve(process.env.SERVERLESS_OFFLINE ?? ""), "node_modules");
}

function offlineService(): object {
  const onPath = (handler: string, path: string) => ({
    handler,
    events: [{ httpApi: `GET ${path}` }],
  });
  const cold = coldPaths.map((path, index) => [
    `cold${index}`,
    onPath(handlerOf("cold.mjs"), path),
  ]);
  return {
    service: "bench",
    frameworkVersion: "3",
    plugins: ["serverless-offline"],
    provider: { name: "aws", runtime: "nodejs20.x", region: "eu-central-1", memorySize: 512 },
    functions: {
      warm: onPath(handlerOf("warm.mjs"), "/warm"),
      event: { handler: handlerOf("event.mjs"), name: "event" },
      ...Object.fromEntries(cold),
    },
  };
}

function handlerOf(file: string): string {
  return file.replace(".mjs", ".handler");
}

function targetOf(port: number): Target {
  return { transport: "tcp", host: "127.0.0.1", port, path: "/" };
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
