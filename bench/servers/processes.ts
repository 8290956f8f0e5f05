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
  /** The next line on standard output. Rejects when the process ends before, or is too slow. */
  nextLine(secondsMax?: number): Promise<string>;
  /** One line on its standard input. */
  say(line: string): void;
  /** Resolves when something listens on the port. Rejects as `nextLine` does. */
  listening(port: number, secondsMax?: number): Promise<void>;
}

export interface ProcessOptions {
  readonly cwd?: string;
  /** At most what the system lets us have. */
  readonly openFilesMax?: number;
}

type Child = Bun.Subprocess<"pipe", "pipe", number>;

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
  start(name: string, command: string[], options: ProcessOptions = {}): StartedProcess {
    const { cwd, openFilesMax } = options;
    this.#startedCount += 1;
    const logPath = join(this.#folder, `stderr-${this.#startedCount}.log`);
    const stderr = openSync(logPath, "w");
    const limited = openFilesMax ? withOpenFiles(openFilesMax, command) : command;
    const child = Bun.spawn(limited, { cwd, stdin: "pipe", stdout: "pipe", stderr });
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
    const lines = readLines(child);
    return {
      pid: child.pid,
      nextLine: (secondsMax = startSecondsMax) =>
        Promise.race([nextOf(lines), failure(secondsMax)]),
      say: (line) => {
        child.stdin.write(`${line}\n`);
        child.stdin.flush();
      },
      listening: (port, secondsMax = startSecondsMax) =>
        Promise.race([waitForPort(child, port), failure(secondsMax)]),
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

async function* readLines(child: Child): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of child.stdout) {
    text += decoder.decode(chunk, { stream: true });
    const lines = text.split("\n");
    text = lines.pop()!;
    yield* lines;
  }
}

async function nextOf(lines: AsyncGenerator<string>): Promise<string> {
  const { value, done } = await lines.next();
  return done ? never : value;
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

/** The most files that a process may have open here, our own limit raised where that is allowed. */
export function openFilesPossible(wanted: number): number {
  const possible = (count: number) =>
    Bun.spawnSync(withOpenFiles(count, ["/bin/true"]), { stderr: "ignore" }).exitCode === 0;
  if (possible(wanted)) return wanted;
  const { stdout } = Bun.spawnSync(["/bin/sh", "-c", "ulimit -Hn"], { stdout: "pipe" });
  return Math.min(wanted, Number(stdout.toString()) || 1_024);
}

/** The shell is gone when the command runs: the process id is that of the command. */
function withOpenFiles(count: number, command: string[]): string[] {
  return ["/bin/sh", "-c", 'ulimit -n "$0" && exec "$@"', String(count), ...command];
}
