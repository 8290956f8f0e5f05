/** Which files a function is made from, and the state they are in. */

import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stateOf, stateOfBundle } from "../bundle-record.ts";
import type { FunctionDefinition } from "../definition.ts";
import { isLeftOut } from "../left-out.ts";
import { watchedFoldersMax } from "../limits.ts";
import type { Program } from "../program.ts";

export interface Sources {
  /** Those to watch; of packages only what the function's own code reaches by itself. */
  readonly folders: readonly string[];
  /** Another one when what would run is another. */
  readonly digest: string;
}

/**
 * Of a bundle: its inputs' folders and its output; else the code's folder with all below it but
 * what is left out. Layers belong to both.
 */
export async function readSources(
  definition: FunctionDefinition,
  { folder, layerFolders = [] }: Pick<Program, "folder" | "layerFolders">,
  dataFolder: string | undefined,
): Promise<Sources> {
  const own = await readCodeSources(definition, folder, dataFolder);
  if (layerFolders.length === 0) return own;
  const layers = await Promise.all(
    layerFolders.map((layer) => readFolder(layer, dataFolder, "packages too")),
  );
  const all = [own, ...layers];
  const folders = all.flatMap((one) => one.folders).slice(0, watchedFoldersMax);
  return { folders, digest: digestOf(all.map((one) => one.digest)) };
}

async function readCodeSources(
  { codeFolder, build }: FunctionDefinition,
  taskRoot: string,
  dataFolder: string | undefined,
): Promise<Sources> {
  if (!build) return readFolder(codeFolder, dataFolder);
  const { inputs, outputs } = await stateOfBundle(taskRoot);
  const folders = new Set([codeFolder, ...inputs.map(({ path }) => dirname(path))]);
  return { folders: bound([...folders]), digest: digestOf(outputs) };
}

async function readFolder(
  top: string,
  dataFolder: string | undefined,
  packages?: "packages too",
): Promise<Sources> {
  const folders = [top];
  const states: unknown[] = [];
  for (const folder of folders) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []); // gone by now
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (await isLeftOut(path, dataFolder)) continue;
      if (!entry.isDirectory()) states.push(await stateOf(path));
      else if ((packages || entry.name !== "node_modules") && folders.length < watchedFoldersMax) {
        folders.push(path);
      }
    }
  }
  return { folders: packages ? folders : bound(folders), digest: digestOf(states) };
}

function bound(folders: readonly string[]): string[] {
  const own = folders.filter((folder) => !folder.includes("/node_modules"));
  return own.slice(0, watchedFoldersMax);
}

function digestOf(states: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(states)).digest("hex");
}
