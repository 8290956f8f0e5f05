/**
 * Changes of one function, one after the other: what a change has looked at is still so when it is
 * made. Functions do not wait for each other.
 */

export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Acts when all that came before under this name is over, however that ended. */
  take<T>(name: string, act: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(name) ?? Promise.resolve()).then(act);
    const over = turn
      .catch(() => {}) // who took the turn is told
      .then(() => {
        if (this.#last.get(name) === over) this.#last.delete(name);
      });
    this.#last.set(name, over);
    return turn;
  }

  /** Answers when all that has come is over, however it ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#last.values());
  }
}
