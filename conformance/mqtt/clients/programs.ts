/**
 * Clients that npm does not have: command-line programs, what they print, and how they end.
 *
 * `npm test` installs them where it can (`tools/mqtt-clients.ts`), and leaves out what imports this
 * file where it cannot.
 */

/** A Python that has Paho's library. */
export const pahoPython = process.env.PAHO_PYTHON ?? "/usr/bin/python3";

export interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Runs a program to its end. */
export async function run(command: readonly string[], input = ""): Promise<Ended> {
  const child = Bun.spawn([...command], {
    stdin: new Blob([input]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, output: output + errors };
}

/** A program that goes on until it is ended. */
export class Program {
  readonly #process: Bun.Subprocess<"ignore", "pipe", "inherit">;
  readonly #lines: AsyncIterator<string>;

  constructor(command: readonly string[]) {
    this.#process = Bun.spawn([...command], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    this.#lines = linesOf(this.#process.stdout);
  }

  /** The next lines that it prints; fewer when it ends before. */
  async prints(count: number): Promise<string[]> {
    const lines: string[] = [];
    while (lines.length < count) {
      const { value, done } = await this.#lines.next();
      if (done) break;
      lines.push(value);
    }
    return lines;
  }

  async end(signal: "SIGKILL" | "SIGINT" = "SIGKILL"): Promise<number> {
    this.#process.kill(signal);
    return await this.#process.exited;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of stream) {
    text += decoder.decode(bytes, { stream: true });
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
}
