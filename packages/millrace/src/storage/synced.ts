/** Files that are on disk, and not merely on their way there. */

import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes the file and waits for the disk; `flags` are those of `open`, e.g. `wx` for a new one. */
export async function writeSynced(
  path: string,
  bytes: Uint8Array,
  { flags, mode }: { readonly flags: "w" | "wx"; readonly mode?: number },
): Promise<void> {
  const file = await open(path, flags, mode);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the folder and those above it that are missing; what was made outlives a crash. */
export async function makeFolderSynced(path: string): Promise<void> {
  const highest = await mkdir(path, { recursive: true });
  if (highest === undefined) return;
  for (let made = path; ; made = dirname(made)) {
    await syncFolder(dirname(made));
    if (made === highest) return;
  }
}

/** So that names in the folder, new and changed, outlive a crash of the machine. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
