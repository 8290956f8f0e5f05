/**
 * Tells when something in one of some folders has changed, or one of some files: once, a moment
 * after the last change, because a save is often several; but not later for changes without end.
 *
 * A folder that is removed and made again is watched again: builds do that with their output, and
 * so does a change of branch. Whether one is another is looked at before a change is told, so that
 * what is read then has either been there or will be told of.
 */

import { statSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { Clock, Timer } from "../../base/mod.ts";
import { reloadQuietMs, reloadWaitMsMax, watchedParentsMin } from "../limits.ts";
import type { FolderListener, WatchedFolders } from "./watched-folders.ts";

export interface FolderWatchOptions {
  readonly clock: Clock;
  readonly folders: Pick<WatchedFolders, "join" | "leave">;
  readonly onChange: () => void;
}

/** What is watched; of what is not there, its coming. Absolute paths. */
export interface WatchWish {
  /** With whatever lies in them, not what lies below that. */
  readonly folders: readonly string[];
  /** Files, or folders of which only it counts whether they are there. */
  readonly files: readonly string[];
}

interface Spot {
  readonly listener: FolderListener;
  /** What counts in this folder; absent: everything. */
  names: ReadonlySet<string> | undefined;
}

export class FolderWatch {
  readonly #options: FolderWatchOptions;
  readonly #spots = new Map<string, Spot>();
  #wish: WatchWish = { folders: [], files: [] };
  #timer: Timer | undefined;
  #firstMs: number | undefined;

  constructor(options: FolderWatchOptions) {
    this.#options = options;
  }

  /** Watches these and nothing else; answers with the folders that were not watched before. */
  follow(wish: WatchWish): string[] {
    this.#wish = wish;
    return this.#renew();
  }

  close(): void {
    this.#timer?.cancel();
    this.follow({ folders: [], files: [] });
  }

  #renew(): string[] {
    const { folders } = this.#options;
    const wanted = spotsOf(this.#wish);
    for (const [folder, { listener }] of this.#spots) {
      if (wanted.has(folder)) continue;
      folders.leave(folder, listener);
      this.#spots.delete(folder);
    }
    const added: string[] = [];
    for (const [folder, names] of wanted) {
      const known = this.#spots.get(folder);
      if (!known || (known.names && !names)) added.push(folder);
      const spot = known ?? { listener: (name) => this.#hear(folder, name), names };
      spot.names = names;
      this.#spots.set(folder, spot);
      folders.join(folder, spot.listener);
    }
    return added;
  }

  #hear(folder: string, name: string | undefined): void {
    const names = this.#spots.get(folder)?.names;
    const counts = !names || name === undefined || names.has(name) || name === basename(folder);
    if (counts) this.#note();
  }

  #note(): void {
    const { clock, onChange } = this.#options;
    const nowMs = clock.monotonic();
    this.#firstMs ??= nowMs;
    this.#timer?.cancel();
    const leftMs = this.#firstMs + reloadWaitMsMax - nowMs;
    this.#timer = clock.after(Math.max(0, Math.min(reloadQuietMs, leftMs)), () => {
      this.#firstMs = undefined;
      this.#renew();
      onChange();
    });
  }
}

/**
 * The folders to listen to, with the names that count there; `undefined`: all of them. Those come
 * first: the system may watch no more before the others' turn.
 */
function spotsOf({ folders, files }: WatchWish): Map<string, Set<string> | undefined> {
  const isFolder = lookOnce();
  const spots = new Map<string, Set<string> | undefined>();
  for (const folder of folders) if (isFolder(folder)) spots.set(folder, undefined);
  for (const path of [...folders, ...files]) {
    for (const { parent, name } of parentsOf(path, isFolder)) {
      const names = spots.get(parent);
      if (names) names.add(name);
      else if (!spots.has(parent)) spots.set(parent, new Set([name]));
    }
  }
  return spots;
}

type Look = (path: string) => boolean;

/** Some of the folders above, as far up as the first that is there. */
function parentsOf(path: string, isFolder: Look) {
  const parents: { readonly parent: string; readonly name: string }[] = [];
  let isReached = false;
  for (let at = path, level = 0; !isReached || level < watchedParentsMin; level += 1) {
    const parent = dirname(at);
    if (parent === at) break;
    if (isFolder(parent)) {
      parents.push({ parent, name: basename(at) });
      isReached = true;
    }
    at = parent;
  }
  return parents;
}

/** Whether there is a folder; most are asked for often, being above many others. */
function lookOnce(): Look {
  const known = new Map<string, boolean>();
  return (path) => {
    const found = known.get(path);
    if (found !== undefined) return found;
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
    known.set(path, isFolder);
    return isFolder;
  };
}
