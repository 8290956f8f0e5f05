/**
 * Tells when something in one of some folders has changed: once, a moment after the last change,
 * because a save is often several.
 */

import { type FSWatcher, watch } from "node:fs";
import type { Clock, Timer } from "../../base/mod.ts";
import { reloadQuietMs } from "../limits.ts";

export interface FolderWatchOptions {
  readonly clock: Clock;
  readonly onChange: () => void;
}

export class FolderWatch {
  readonly #options: FolderWatchOptions;
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: Timer | undefined;

  constructor(options: FolderWatchOptions) {
    this.#options = options;
  }

  /** Watches these folders and no others; one that cannot be watched is left out. */
  follow(folders: readonly string[]): void {
    const wanted = new Set(folders);
    for (const [folder, watcher] of this.#watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of wanted) {
      if (!this.#watchers.has(folder)) this.#watch(folder);
    }
  }

  close(): void {
    this.#timer?.cancel();
    this.follow([]);
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, () => this.#note());
      watcher.on("error", () => this.#forget(folder));
      this.#watchers.set(folder, watcher);
    } catch {
      // It is gone; what is in it will be missed by the next build, which says so.
    }
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }

  #note(): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(reloadQuietMs, this.#options.onChange);
  }
}
