/**
 * Where it is kept which access keys there are: `keys.json` in the data folder, readable by its
 * owner alone, or in memory.
 *
 * The file is looked at whenever a key is asked about, and read anew when it has changed: another
 * process may make and revoke keys while the server runs. Two that write at once: the later one
 * wins, as with any file that people edit.
 */

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { errorText, WorldError } from "../base/mod.ts";
import type { AccessKey } from "./access-keys.ts";
import { writeOwn } from "./deployment-secret.ts";
import { identityLimits } from "./limits.ts";

const fileName = "keys.json";

type Keys = ReadonlyMap<string, AccessKey>;

export interface KeyStore {
  /** By id. Throws a `WorldError` when the file is not as it was written. */
  read(): Keys;
  /** Once it has returned, the change is kept. Throws a `WorldError` when it cannot be. */
  change(next: (known: readonly AccessKey[]) => readonly AccessKey[]): void;
}

/** Keys that end with the process. */
export function memoryKeyStore(): KeyStore {
  let keys: Keys = new Map();
  return {
    read: () => keys,
    change(next) {
      keys = byId(next([...keys.values()]));
    },
  };
}

/** The keys in the folder's file, which need not be there. */
export function openKeyStore(folder: string): KeyStore {
  const path = join(folder, fileName);
  let keys: Keys = new Map();
  let seen = "";
  const read = () => {
    const now = stampOf(path);
    if (now === seen) return keys;
    keys = now === "" ? new Map() : readKeys(path);
    seen = now;
    return keys;
  };
  return {
    read,
    change(next) {
      const changed = byId(next([...read().values()]));
      writeOwn(path, `${JSON.stringify([...changed.values()], null, 2)}\n`);
    },
  };
}

/** What tells one content of the file from the next; empty: there is no file. */
function stampOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.ino} ${stat.mtimeNs} ${stat.size}` : "";
}

function readKeys(path: string): Keys {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new WorldError("KEYS_NOT_READ", `cannot read "${path}": ${errorText(error)}`);
  }
  if (!Array.isArray(content) || !content.every(isKey)) {
    throw new WorldError("KEYS_NOT_READ", `"${path}" is no list of access keys: it is damaged`);
  }
  return byId(content);
}

function isKey(value: unknown): value is AccessKey {
  const { accessKeyId, createdAtMs } = (value ?? {}) as Partial<AccessKey>;
  return typeof accessKeyId === "string" && typeof createdAtMs === "number";
}

function byId(keys: readonly AccessKey[]): Keys {
  const { accessKeysMax } = identityLimits;
  if (keys.length > accessKeysMax) {
    throw new WorldError("TOO_MANY_KEYS", `there are ${accessKeysMax} access keys already`);
  }
  return new Map(keys.map((key) => [key.accessKeyId, key]));
}
