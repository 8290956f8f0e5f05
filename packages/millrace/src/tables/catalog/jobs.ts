/** Work that goes on after a request was answered: building indexes, clearing what was dropped. */

import { errorText, type Logger, WorldError } from "../../base/mod.ts";

export class Jobs {
  readonly #logger: Logger;
  readonly #running = new Set<Promise<void>>();
  #stopping = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Whether a job should leave off; what it has left is done after the next start. */
  readonly stopped = (): boolean => this.#stopping;

  /** A job that fails is logged, and done after the next start. */
  run(name: string, work: () => Promise<void>): void {
    if (this.#stopping) return;
    const job = this.#settle(name, work).finally(() => this.#running.delete(job));
    this.#running.add(job);
  }

  /** Answers when no job is under way, those that jobs have begun included. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** No job begins after this; answers when those under way have left off. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.settled();
  }

  async #settle(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      // Nobody waits for the job, not even where the fault is ours: thrown on it would end the
      // process, and again after each start, since the job is then done again.
      const code = thrown instanceof WorldError ? thrown.code : "INTERNAL";
      this.#logger.error("job broken off", { job: name, code, message: errorText(thrown) });
    }
  }
}
