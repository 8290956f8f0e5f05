/**
 * The processes that a comparison has started, and nothing else.
 *
 * Each is ended by its own id: asked first, killed after a grace. What still runs when we end,
 * for whatever reason, is killed with us.
 */

import { openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

export interface StartedProcess {
  readonly pid: number;
  /** The first line on standard output. Rejects when the process ends before, or is too slow. */
  firstLine(secondsMax?: number): Promise<string>;
  /** Resolves when something listens on the port. Rejects as `firstLine` does. */
  listening(port: number): Promise<void>;
}

type Child = Bun.Subprocess<"ignore", "pipe", number>;

const startSecondsMax = 15;
const graceSeconds = 5;

export class Processes {
  readonly #folder: string;
  readonly #running = new Set<Child>();
  #startedCount = 0;

  /** `folder` takes what the processes print on standard error; it goes when we do. */
  constructor(folder: string) {
    this.#folder = folder;
    process.on("exit", () => {
      for (const child of this.#running) child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    });
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => process.exit(1));
    }
  }

  /** `name` stands for it in messages. */
  start(name: string, command: string[], cwd?: string): StartedProcess {
    this.#startedCount += 1;
    const logPath = join(this.#folder, `stderr-${this.#startedCount}.log`);
    const stderr = openSync(logPath, "w");
    const child = Bun.spawn(command, { cwd, stdin: "ignore", stdout: "pipe", stderr });
    this.#running.add(child);
    child.exited.then(() => this.#running.delete(child));
    const failure = async (secondsMax: number): Promise<never> => {
      const status = await Promise.race([
        child.exited.then((code) => `ended with status ${code}`),
        after(secondsMax).then(() => `says nothing after ${secondsMax} s`),
      ]);
      const log = readFileSync(logPath, "utf8").trim().split(/\n+/).slice(-5).join(" / ");
      throw new Error(`${name} ${status}: ${log}`);
    };
    return {
      pid: child.pid,
      firstLine: (secondsMax = startSecondsMax) =>
        Promise.race([readLine(child), failure(secondsMax)]),
      listening: (port) => Promise.race([waitForPort(child, port), failure(startSecondsMax)]),
    };
  }

  /** Resolves when everything that was started has ended; the latest is asked first. */
  async stopAll(): Promise<void> {
    for (const child of [...this.#running].reverse()) await stop(child);
  }
}

async function stop(child: Child): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), graceSeconds * 1_000);
  await child.exited;
  clearTimeout(timer);
}

/** A timer that does not keep us running. */
function after(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, seconds * 1_000).unref();
  });
}

/** What a wait comes to when the process has ended: the other side of the race tells why. */
const never = new Promise<never>(() => {});

async function readLine(child: Child): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of child.stdout.values({ preventCancel: true })) {
    text += decoder.decode(chunk, { stream: true });
    const end = text.indexOf("\n");
    if (end >= 0) return text.slice(0, end);
  }
  return never;
}

async function waitForPort(child: Child, port: number): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    if (await canConnect(port)) return;
    await Bun.sleep(20);
  }
  return never;
}

async function canConnect(port: number): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } });
    socket.end();
    return true;
  } catch {
    return false; // refused: it is not up yet
  }
}

/** A TCP port of the loopback that was free a moment ago. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}
