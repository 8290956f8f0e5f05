/**
 * How a process finds what its layers hold.
 *
 * On Lambda the layers are unpacked into `/opt`, one over the other, and the runtimes search there.
 * That path is the machine's here, so each layer stays a folder of its own and the runtimes search
 * those: of two layers that hold the same thing the later one is found, as on Lambda.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";

export interface LayerPaths {
  readonly nodePath: readonly string[];
  readonly pythonPath: readonly string[];
  readonly path: readonly string[];
  readonly libraryPath: readonly string[];
}

/** `folders` in the order of the function's list; only what is there is named. */
export function layerPaths(folders: readonly string[], runtime: string): LayerPaths {
  const ordered = folders.toReversed();
  const below = (...parts: string[]) =>
    ordered.flatMap((folder) => parts.map((part) => join(folder, part))).filter(existsSync);
  const node = /^nodejs(\d+)/.exec(runtime)?.[1];
  const python = /^python3\.\d+$/.test(runtime) ? `python/lib/${runtime}/site-packages` : "python";
  return {
    nodePath: below(...(node ? [`nodejs/node${node}/node_modules`] : []), "nodejs/node_modules"),
    pythonPath: below(...new Set([python, "python"])),
    path: below("bin"),
    libraryPath: below("lib"),
  };
}
