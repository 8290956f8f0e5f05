/**
 * Starts and ends the real server for tests over the network, as a user does: the linked command,
 * in a process of its own. A start resolves when the server says that everything is ready.
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dir, "..");

export interface Addresses {
  /** `http://127.0.0.1:8080` */
  readonly edge: string;
  readonly api: string;
  readonly mqtt: string;
  /** Where the flags give it a certificate. */
  readonly mqtts?: string;
  readonly websocket: string;
  /** Functions' own addresses, by name of the function. */
  readonly urls: Readonly<Record<string, string>>;
  /** The ports that debuggers find functions on, by name of the function. */
  readonly inspect: Readonly<Record<string, number>>;
}

export interface Server extends Addresses {
  /** Of the server's process. */
  readonly pid: number;
  /** Drains and ends; resolves with the exit code. */
  readonly stop: () => Promise<number>;
  /** SIGKILL, as a crash: nothing is drained; resolves when the process is gone. */
  readonly kill: () => Promise<void>;
  /** What it has written to standard error so far. */
  readonly log: () => string;
  /** Resolves when it has written this; rejects, with all that it has, when that takes too long. */
  readonly logged: (text: string) => Promise<void>;
}

export interface ServerOptions {
  /** Relative to the repository. */
  readonly template: string;
  readonly dataFolder: string;
  /** The addresses of a server that was there before, TLS aside; absent: any free ports. */
  readonly at?: Addresses;
  readonly flags?: readonly string[];
  /** Besides the variables of the tests themselves. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Rejects, with the log, when the server ends before it is ready. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const server = spawnServer(options);
  let log = "";
  const logged = readLog(server.stderr, (text) => {
    log += text;
  });
  const firstLine = await readFirstLine(server.stdout);
  if (firstLine === undefined) {
    await logged;
    throw new Error(`The server ended before it was ready:\n${log}`);
  }
  const { pid, ...addresses } = JSON.parse(firstLine) as Addresses & { readonly pid: number };
  return {
    ...addresses,
    pid,
    log: () => log,
    async logged(text) {
      const endMs = performance.now() + loggedMsMax;
      while (!log.includes(text)) {
        if (performance.now() > endMs) throw new Error(`The log lacks ${text}:\n${log}`);
        await Bun.sleep(10);
      }
    },
    async stop() {
      process.kill(pid, "SIGTERM");
      return await server.exited;
    },
    async kill() {
      process.kill(pid, "SIGKILL");
      await server.exited;
    },
  };
}

/** What is logged comes beside the answers, and may be read behind them. */
const loggedMsMax = 10_000;

/** Starts a server and kills it after so many milliseconds, ready or not. */
export async function killWhileStarting(options: ServerOptions, afterMs: number): Promise<void> {
  const launcher = spawnServer(options);
  await Bun.sleep(afterMs);
  launcher.kill("SIGKILL"); // the server does not outlive its launcher
  await launcher.exited;
}

/** What a handler has appended so far, a line each; the last may be half of one, and then waits. */
export function wholeLinesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8").split("\n").slice(0, -1);
}

function spawnServer({ template, dataFolder, at, flags = [], environment }: ServerOptions) {
  const command = [join(root, "node_modules/.bin/millrace"), "start", join(root, template)];
  const everybody = flags.includes("--anonymous") ? [] : ["--anonymous", "all"];
  const ports = ["--port", portOf(at?.edge), "--api-port", portOf(at?.api)];
  return Bun.spawn({
    cmd: [
      ...command,
      ...ports,
      "--mqtt-port",
      portOf(at?.mqtt),
      "--data",
      dataFolder,
      "--json",
    ].concat(everybody, flags),
    cwd: root,
    env: { ...process.env, ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

function portOf(url: string | undefined): string {
  return url === undefined ? "0" : new URL(url).port;
}

async function readLog(stream: ReadableStream<Uint8Array>, take: (text: string) => void) {
  const decoder = new TextDecoder();
  for await (const bytes of stream) take(decoder.decode(bytes, { stream: true }));
}

/** `undefined` when the stream ends before its first line does. */
async function readFirstLine(stream: ReadableStream<Uint8Array>): Promise<string | undefined> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) return undefined;
    text += decoder.decode(value, { stream: true });
  }
  reader.releaseLock();
  return text.slice(0, text.indexOf("\n"));
}
