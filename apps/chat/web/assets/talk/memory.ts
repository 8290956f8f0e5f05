/**
 * What the page remembers between visits. A browser may forbid it or be full: then the page
 * forgets, and works all the same.
 */

export interface Memory {
  readonly get: (key: string) => string | undefined;
  /** False when it could not be kept. */
  readonly set: (key: string, value: string) => boolean;
  readonly remove: (key: string) => void;
  /** Every key that begins with `prefix`, sorted. */
  readonly keys: (prefix: string) => string[];
}

/** `open` gives the storage; in a browser that forbids it, already asking for it throws. */
export function openMemory(open: () => Storage): Memory {
  const attempt = <T>(use: (storage: Storage) => T, otherwise: T): T => {
    try {
      return use(open());
    } catch {
      return otherwise; // Blocked or full: forgetting is the answer.
    }
  };
  return {
    get: (key) => attempt((storage) => storage.getItem(key) ?? undefined, undefined),
    set: (key, value) => attempt((storage) => storage.setItem(key, value) === undefined, false),
    remove: (key) => attempt((storage) => storage.removeItem(key), undefined),
    keys: (prefix) => attempt((storage) => keysOf(storage, prefix), []),
  };
}

function keysOf(storage: Storage, prefix: string): string[] {
  const all = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
  return all.filter((key) => key.startsWith(prefix)).sort();
}
