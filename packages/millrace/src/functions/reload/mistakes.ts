/** Where what a build found wrong will be mended. */

import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { StartProblem } from "../problems.ts";
import type { WatchWish } from "./folder-watch.ts";

/** So far behind the clock may be the times that the system gives to files. */
const fileClockMs = 20;

/** As esbuild words it. */
const unresolved = /^Could not resolve "(.+)"$/;

/**
 * The folders of the files with a mistake. Of an import that leads nowhere: the folder where its
 * file would be, or those where its package could come to be.
 */
export function mistakesOf(problems: readonly StartProblem[], codeFolder: string): WatchWish {
  const folders = new Set<string>();
  const files = new Set<string>();
  for (const { message, file } of problems) {
    if (file !== undefined) folders.add(dirname(file));
    const name = unresolved.exec(message)?.[1];
    if (name === undefined) continue;
    const from = file === undefined ? codeFolder : dirname(file);
    if (file === undefined || /^[./]/.test(name)) {
      const path = resolve(from, name);
      folders.add(dirname(path));
      folders.add(path); // it may be a folder with an index
    } else {
      for (const path of packageFoldersOf(name, from)) files.add(path);
    }
  }
  return { folders: [...folders], files: [...files] };
}

function packageFoldersOf(name: string, from: string): string[] {
  const parts = name.split("/").slice(0, name.startsWith("@") ? 2 : 1);
  const found: string[] = [];
  for (let folder = from; ; folder = dirname(folder)) {
    found.push(join(folder, "node_modules", ...parts));
    if (folder === dirname(folder)) return found;
  }
}

/** Whether one of them is younger than that, or something in it that has come or gone. */
export async function isChangedSince(paths: readonly string[], beganMs: number): Promise<boolean> {
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => undefined))); // absent
  return found.some((one) => one !== undefined && one.ctimeMs >= beganMs - fileClockMs);
}
