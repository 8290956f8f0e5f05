/**
 * The access keys of a data folder, for whoever stands beside the node: it may run or not. A node
 * that runs looks at their file whenever a key is used.
 */

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { systemClock, systemRandom, WorldError } from "../../base/mod.ts";
import { AccessKeys, openKeyStore, openSecret } from "../../identity/mod.ts";

export type { AccessKey, KeyWithSecret } from "../../identity/mod.ts";

/** Throws a `WorldError` when the folder is not a data folder, or cannot be read. */
export function openAccessKeys(dataFolder: string): AccessKeys {
  const folder = resolve(dataFolder);
  // A secret that is made here would not be the one that a node has given keys out with.
  if (!existsSync(join(folder, "secret"))) {
    const text = `there is no data folder "${dataFolder}": a node makes it at its first start`;
    throw new WorldError("NO_DATA_FOLDER", text);
  }
  return new AccessKeys({
    secret: openSecret(folder, systemRandom),
    keys: openKeyStore(folder),
    clock: systemClock,
    random: systemRandom,
  });
}
