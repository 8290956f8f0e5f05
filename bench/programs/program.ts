/**
 * What the programs of the load have in common: their task is one word of JSON on the command line,
 * their answers are lines of JSON on standard output. On failure they say a sentence on standard
 * error and end with status 1.
 */

/** Runs `work` with the task and prints what comes back, then ends the process. */
export async function runProgram<T>(work: (task: T) => Promise<unknown>): Promise<never> {
  const { promise: crashed, reject } = Promise.withResolvers<never>();
  process.on("uncaughtException", reject); // thrown where a socket's bytes are taken
  try {
    const task = JSON.parse(process.argv[2] ?? "null") as T;
    answer(await Promise.race([work(task), crashed]));
    process.exit(0);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

export function answer(value: unknown): void {
  console.log(JSON.stringify(value));
}
