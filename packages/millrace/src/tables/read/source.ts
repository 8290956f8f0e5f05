/**
 * Where a Query or Scan reads, and where in it: a table or one of its indexes, from a start key.
 */

import { attributeOf, type Item } from "../../expressions/mod.ts";
import { type KeySchema, keyAttributes } from "../catalog/definition.ts";
import { refuseInvalid } from "../errors.ts";
import { messages } from "../messages.ts";
import { entryKey } from "../store/index-entries.ts";
import { keyBytesOfKey, keyOf, matchesKeys, oversizedKey } from "../store/keys.ts";
import type { Source } from "../store/page.ts";
import type { Index, Table } from "../store/table.ts";

/** Refuses an index that the table does not have, cannot be read yet, or not consistently. */
export function findSource(
  table: Table,
  input: {
    readonly IndexName?: string | undefined;
    readonly ConsistentRead?: boolean | undefined;
  },
): Source {
  const { IndexName, ConsistentRead } = input;
  if (IndexName === undefined) return { table };
  const index = table.indexes.find(({ definition }) => definition.name === IndexName);
  if (!index) refuseInvalid(messages.indexUnknown(IndexName));
  if (ConsistentRead && index.definition.scope === "global") refuseInvalid(messages.indexStale);
  if (index.building) refuseInvalid(messages.indexBuilding(IndexName));
  return { table, index };
}

/** The key that a Query on the source searches. */
export function schemaOf({ table, index }: Source): KeySchema {
  return index ? index.definition : table.definition;
}

/** The key attributes of an item of the source: those of the index as well. */
export function lastKeyOf({ table, index }: Source, item: Item): Item {
  const key = keyOf(table.definition, item);
  return index ? { ...key, ...keyOf(index.definition, item) } : key;
}

/**
 * The bytes of a start key; refuses one that no item of the source could have. A Scan of a table
 * says more about it than any other reading, as the service does.
 */
export function startBytes(source: Source, startKey: Item, by?: "Scan"): Uint8Array {
  const { table, index } = source;
  if (!index) {
    if (!matchesKeys(keyAttributes(table.definition), startKey)) {
      refuseInvalid(by === "Scan" ? messages.startKeyMismatch : messages.startKeyInvalid);
    }
    return keyBytesOfKey(table.definition, startKey);
  }
  return startOfEntry({ table, index }, startKey);
}

function startOfEntry({ table, index }: { table: Table; index: Index }, startKey: Item) {
  const attributes = new Map(
    [table.definition, index.definition]
      .flatMap(keyAttributes)
      .map((attribute) => [attribute.name, attribute]),
  );
  if (!matchesKeys([...attributes.values()], startKey)) refuseInvalid(messages.startKeyInvalid);
  const names = keyAttributes(table.definition).map(({ name }) => name);
  const key = Object.fromEntries(names.map((name) => [name, attributeOf(startKey, name)!]));
  if (oversizedKey(index.definition, startKey)) refuseInvalid(messages.startKeyInvalid);
  const bytes = entryKey({ index, key: keyBytesOfKey(table.definition, key) }, startKey);
  return bytes ?? refuseInvalid(messages.startKeyInvalid);
}
