/**
 * Triggers on disk, over the `Records` port, and how far each of their shards has been worked off.
 *
 *   space `triggers`            id -> the mapping, as JSON
 *   space `trigger-positions`   id/shard -> the position, as JSON
 */

import { concatBytes, textOf, utf8, WorldError } from "../base/mod.ts";
import { type Change, entriesOf, type Records } from "../storage/mod.ts";
import { type Mapping, settingsDefault } from "./mapping.ts";
import type { Position } from "./progress.ts";

const mappingsSpace = "triggers";
const positionsSpace = "trigger-positions";

export type Positions = ReadonlyMap<string, Position>;

export class TriggerStore {
  readonly #records: Records;

  constructor(records: Records) {
    this.#records = records;
  }

  async load(): Promise<Mapping[]> {
    const entries = await this.#all(mappingsSpace, "");
    return entries.map(({ name, value }) => {
      return { ...settingsDefault, ...decode<Mapping>(value, `trigger "${name}"`) };
    });
  }

  /** By shard. */
  async positionsOf(id: string): Promise<Map<string, Position>> {
    const entries = await this.#all(positionsSpace, `${id}/`);
    return new Map(
      entries.map(({ name, value }) => [
        name.slice(id.length + 1),
        decode<Position>(value, `position "${name}" of a trigger`),
      ]),
    );
  }

  /** Answers when it is durable; with `positions` they replace all that there were. */
  async put(mapping: Mapping, positions?: Positions): Promise<void> {
    const { id } = mapping;
    const kept = { space: mappingsSpace, key: utf8(id), value: encode(mapping) };
    if (!positions) return this.#change([kept]);
    const old = [...(await this.positionsOf(id)).keys()].map((shardId) => forgotten(id, shardId));
    const added = [...positions].map(([shardId, position]) => ({
      ...positionAddress(id, shardId),
      value: encode(position),
    }));
    await this.#change([...old, ...added, kept]);
  }

  async remove(id: string): Promise<void> {
    const shardIds = [...(await this.positionsOf(id)).keys()];
    const gone = { space: mappingsSpace, key: utf8(id), value: undefined };
    await this.#change([gone, ...shardIds.map((shardId) => forgotten(id, shardId))]);
  }

  putPosition(id: string, shardId: string, position: Position): Promise<void> {
    return this.#change([{ ...positionAddress(id, shardId), value: encode(position) }]);
  }

  /** Of shards that the stream knows no more. */
  forgetPositions(id: string, shardIds: readonly string[]): Promise<void> {
    return this.#change(shardIds.map((shardId) => forgotten(id, shardId)));
  }

  async #all(space: string, prefix: string) {
    const found: { name: string; value: Uint8Array }[] = [];
    const from = utf8(prefix);
    const to = prefix === "" ? undefined : concatBytes([from, Uint8Array.of(0xff)]);
    for await (const { key, value } of entriesOf(this.#records, { space, from, to })) {
      found.push({ name: textOf(key), value });
    }
    return found;
  }

  async #change(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    await this.#records.update([], () => ({ changes, result: undefined }));
  }
}

function positionAddress(id: string, shardId: string) {
  return { space: positionsSpace, key: utf8(`${id}/${shardId}`) };
}

function forgotten(id: string, shardId: string): Change {
  return { ...positionAddress(id, shardId), value: undefined };
}

function encode(value: object): Uint8Array {
  return utf8(JSON.stringify(value));
}

function decode<T>(bytes: Uint8Array, what: string): T {
  try {
    return JSON.parse(textOf(bytes)) as T;
  } catch (thrown) {
    throw new WorldError("RECORD_BROKEN", `cannot read the ${what}: it is no JSON`, thrown);
  }
}
