/**
 * Folders that are watched, each once for all functions: the runtime knows a watch by its path, and
 * where somebody still holds the watch of a folder that is gone, nobody hears of the one that came
 * in its place.
 */

import { type FSWatcher, statSync, watch } from "node:fs";
import { basename } from "node:path";
import type { Logger } from "../../base/mod.ts";

/** Hears the name of what has changed in the folder, or of itself; absent: it is not told. */
export type FolderListener = (name: string | undefined) => void;

interface Watch {
  readonly watcher: FSWatcher;
  readonly identity: string;
  readonly listeners: Set<FolderListener>;
  /** It may have been removed, and its number be another folder's by now. */
  isDoubtful: boolean;
}

export interface WatchedFoldersOptions {
  readonly logger: Logger;
  /** As the system's; for tests. */
  readonly watch?: typeof watch;
}

/** The system watches no more: files, or watches, of one user are bounded. */
const isFull = (code: unknown) => code === "ENOSPC" || code === "EMFILE" || code === "ENFILE";

export class WatchedFolders {
  readonly #options: WatchedFoldersOptions;
  readonly #watches = new Map<string, Watch>();
  #isFullTold = false;

  constructor(options: WatchedFoldersOptions) {
    this.#options = options;
  }

  /**
   * Tells the listener what happens in the folder that has this path now, until it leaves. Asked
   * again, it looks whether that is another folder. One that cannot be watched is left out; where
   * that is for want of watches, the log says so, once.
   */
  join(folder: string, listener: FolderListener): void {
    const known = this.#watches.get(folder);
    const identity = identityOf(folder);
    if (known && !known.isDoubtful && known.identity === identity) {
      known.listeners.add(listener);
      return;
    }
    const listeners = known?.listeners ?? new Set();
    this.#close(folder);
    if (identity !== undefined) this.#open(folder, identity, listeners.add(listener));
  }

  leave(folder: string, listener: FolderListener): void {
    const listeners = this.#watches.get(folder)?.listeners;
    if (listeners?.delete(listener) && listeners.size === 0) this.#close(folder);
  }

  #open(folder: string, identity: string, listeners: Set<FolderListener>): void {
    try {
      const { watch: open = watch } = this.#options;
      const watcher = open(folder, (_, name) => {
        if (name === basename(folder)) opened.isDoubtful = true;
        for (const listener of listeners) listener(name ?? undefined);
      });
      watcher.on("error", () => {
        if (this.#watches.get(folder) === opened) this.#close(folder);
      });
      const opened: Watch = { watcher, identity, listeners, isDoubtful: false };
      this.#watches.set(folder, opened);
    } catch (thrown) {
      // Else it is gone; what is in it will be missed by the next build, which says so.
      const { code, message } = thrown as NodeJS.ErrnoException;
      if (isFull(code)) this.#tellFull(folder, message);
    }
  }

  #tellFull(folder: string, message: string): void {
    if (this.#isFullTold) return;
    this.#isFullTold = true;
    const reason = `${message}; fs.inotify.max_user_watches and max_user_instances bound it`;
    this.#options.logger.warn("folders are not watched, what is saved there waits for a start", {
      folder,
      reason,
    });
  }

  #close(folder: string): void {
    this.#watches.get(folder)?.watcher.close();
    this.#watches.delete(folder);
  }
}

/** `undefined`: there is no such folder. */
function identityOf(folder: string): string | undefined {
  const found = statSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() ? `${found.dev} ${found.ino} ${found.birthtimeMs}` : undefined;
}
