/** The entry points of an esbuild bundle, as SAM finds them. */

import { existsSync, statSync } from "node:fs";
import { join, posix } from "node:path";

/**
 * The entry points with their endings: one without is looked for as `.ts`, then as `.js`. Each one
 * that is no file is reported. [aws-lambda-builders: nodejs_npm_esbuild]
 */
export function findEntryPoints(
  given: readonly string[],
  folder: string,
  report: (index: number, message: string) => void,
): string[] {
  const found: string[] = [];
  given.forEach((entry, index) => {
    const candidates = posix.extname(entry) === "" ? [`${entry}.ts`, `${entry}.js`] : [entry];
    const file = candidates.find((candidate) => isFile(join(folder, candidate)));
    if (file === undefined) report(index, `there is no file '${candidates.join("' or '")}'`);
    else found.push(posix.normalize(file));
  });
  return found;
}

/**
 * The bundles, without their ending, relative to the output folder: esbuild leaves out the folders
 * that all entry points share.
 */
export function bundleNames(entryPoints: readonly string[]): string[] {
  const folders = entryPoints.map((entry) => posix.dirname(entry).split("/"));
  const first = folders[0] ?? [];
  let shared = 0;
  while (shared < first.length && folders.every((parts) => parts[shared] === first[shared])) {
    shared += 1;
  }
  const base = first.slice(0, shared).join("/");
  return entryPoints.map((entry) => posix.relative(base, entry.replace(/\.[^./]+$/, "")));
}

export function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

export function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
