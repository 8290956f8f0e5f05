/** Turns: work on one thing one after the other, on different things at the same time. */

export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Keys with work under way or waiting. */
  get size(): number {
    return this.#last.size;
  }

  /** Runs the work when what came before it under this key has ended, well or not. */
  take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const result = before ? before.then(work) : work();
    const ended = result.then(nothing, nothing); // told to whoever asked for the work
    this.#last.set(key, ended);
    void ended.then(() => {
      if (this.#last.get(key) === ended) this.#last.delete(key);
    });
    return result;
  }
}

const nothing = () => {};
