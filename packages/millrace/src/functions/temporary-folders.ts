/**
 * A folder for files for each environment, under one folder of the server's own.
 *
 * It goes with its environment. What could not be removed, or what a crash has left, goes at the
 * next start.
 */

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** No function can be called that: names hold no dot. */
const folderName = ".environments";

export class TemporaryFolders {
  readonly #root: string;

  constructor(workFolder: string) {
    this.#root = join(workFolder, folderName);
  }

  /** Before the first environment; answers with the names of what cannot be removed. */
  async clear(): Promise<string[]> {
    await mkdir(this.#root, { recursive: true });
    const names = await readdir(this.#root);
    const left = await Promise.all(
      names.map(async (name) => ((await this.#gone(name)) ? [] : name)),
    );
    return left.flat();
  }

  /** A new and empty one; throws what the machine says. */
  make(): string {
    mkdirSync(this.#root, { recursive: true });
    return mkdtempSync(join(this.#root, "e-"));
  }

  /** Of an environment whose process was never there. */
  removeUnused(folder: string): void {
    rmSync(folder, { recursive: true, force: true });
  }

  /** Answers when it is gone, or cannot go: a handler may have left what only it could remove. */
  async remove(folder: string): Promise<void> {
    // Where it cannot go, the next start tries again.
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }

  async #gone(name: string): Promise<boolean> {
    return rm(join(this.#root, name), { recursive: true, force: true }).then(
      () => true,
      () => false,
    );
  }
}
