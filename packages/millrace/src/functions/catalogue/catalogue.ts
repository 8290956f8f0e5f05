/**
 * The catalogue: the entries of functions, in memory and, before that, on disk.
 *
 *   space `functions`   name -> the entry, as JSON
 */

import { textOf, utf8, WorldError } from "../../base/mod.ts";
import { entriesOf, type Records } from "../../storage/mod.ts";
import type { ControlError } from "../control/errors.ts";
import { emptyEntry, type FunctionEntry } from "./entry.ts";

const space = "functions";

/** What a change leaves: an entry, nothing, or the reason why it is not made. */
export type Change =
  | { readonly entry: FunctionEntry | undefined }
  | { readonly error: ControlError };

export class Catalogue {
  readonly #records: Records;
  readonly #entries = new Map<string, FunctionEntry>();

  constructor(records: Records) {
    this.#records = records;
  }

  /** Reads everything; once, before the first change. */
  async load(): Promise<void> {
    for await (const { key, value } of entriesOf(this.#records, { space })) {
      this.#entries.set(textOf(key), decode(value, textOf(key)));
    }
  }

  get entries(): readonly FunctionEntry[] {
    return [...this.#entries.values()];
  }

  /** An empty entry where nothing is kept. */
  get(name: string): FunctionEntry {
    return this.#entries.get(name) ?? emptyEntry(name);
  }

  /** Answers when the change is durable, or with the reason why it was not made. */
  async change(
    name: string,
    decide: (entry: FunctionEntry) => Change,
  ): Promise<ControlError | undefined> {
    const address = { space, key: utf8(name) };
    const change = await this.#records.update<Change>([address], ([bytes]) => {
      const decided = decide(bytes ? decode(bytes, name) : emptyEntry(name));
      if ("error" in decided) return { changes: [], result: decided };
      const value = decided.entry && utf8(JSON.stringify(decided.entry));
      return { changes: [{ ...address, value }], result: decided };
    });
    if ("error" in change) return change.error;
    if (change.entry) this.#entries.set(name, change.entry);
    else this.#entries.delete(name);
    return undefined;
  }
}

function decode(bytes: Uint8Array, name: string): FunctionEntry {
  try {
    return JSON.parse(textOf(bytes));
  } catch (thrown) {
    const message = `cannot read what is kept of the function "${name}": it is no JSON`;
    throw new WorldError("RECORD_BROKEN", message, thrown);
  }
}
