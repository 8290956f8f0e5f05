/**
 * Puts the items of a file or an export into a table that is there, 25 to a request, a few requests
 * at a time.
 *
 * What two lines say of one key comes out as the later line says: requests under way never share a
 * key. The first line that is refused ends the import. All lines before it are written then, and
 * perhaps some shortly behind it; to go on with that line writes those once more, to no harm.
 */

import { type ImportSource, lineLengthMax, type SourceLine } from "./import-source.ts";
import { itemsText, Progress, type Terminal } from "./progress.ts";
import { type AttributeValue, type CallTables, type Item, pause } from "./tables-client.ts";

export interface ImportOptions {
  readonly call: CallTables;
  readonly table: string;
  readonly source: ImportSource;
  /** Lines before it are passed over. */
  readonly fromLine: number;
  readonly terminal: Terminal;
}

/** Why an import did not end, and how far it came. */
export class ImportProblem extends Error {
  override name = "ImportProblem";
}

const batchCountMax = 25;
/** Of text in one request, well under what a request may have. */
const batchBytesMax = 4 * 1024 * 1024;
const batchesAtOnce = 4;
const unprocessedWaitMs = 100;

interface Line extends SourceLine {
  readonly item: Item;
  /** As text, to tell keys apart. */
  readonly key: string;
}

/** A sentence that says what was imported; what was refused or failed is thrown. */
export async function importTable(options: ImportOptions): Promise<string> {
  const { call, table, source, fromLine, terminal } = options;
  const { Table } = await call("DescribeTable", { TableName: table });
  const { KeySchema } = Table as { KeySchema: { AttributeName: string }[] };
  const keyNames = KeySchema.map(({ AttributeName }) => AttributeName);
  const progress = new Progress(terminal, "imported");
  const { itemCount = 0 } = source;
  let count = 0;
  try {
    for await (const batches of groupsOf(source, fromLine, keyNames)) {
      await writeAll(call, table, batches);
      count += batches.reduce((sum, batch) => sum + batch.length, 0);
      progress.tell(count, itemCount);
    }
  } catch (thrown) {
    progress.end(count);
    if (thrown instanceof LineProblem) throw brokenOff(thrown, count);
    throw thrown;
  }
  const verb = count === 1 ? "is" : "are";
  return `${itemsText(count)} ${verb} in ${table} (${progress.end(count)})`;
}

/** A line that cannot be written, or before which something else went wrong. */
class LineProblem extends Error {
  override name = "LineProblem";
  readonly line: SourceLine;
  /** Of the same group as the line, but before it: they are written. */
  readonly writtenCount: number;

  constructor(line: SourceLine, reason: string, writtenCount = 0) {
    super(reason);
    this.line = line;
    this.writtenCount = writtenCount;
  }
}

function brokenOff({ line, message, writtenCount }: LineProblem, count: number): ImportProblem {
  const { file, lineOfFile, number } = line;
  const before = count + writtenCount;
  return new ImportProblem(
    `${file}:${lineOfFile}: ${message}\n` +
      `the ${itemsText(before)} before that line ${before === 1 ? "is" : "are"} in the table; ` +
      `--from-line ${number} goes on there`,
  );
}

/** Batches that may be written side by side. Lines before a bad one are handed on first. */
async function* groupsOf(
  source: ImportSource,
  fromLine: number,
  keyNames: readonly string[],
): AsyncIterable<Line[][]> {
  let group = new Group();
  for await (const raw of source.lines()) {
    if (raw.number < fromLine) continue;
    const line = readLine(raw, keyNames, source.isWrapped);
    if (line instanceof LineProblem) {
      yield group.batches;
      throw line;
    }
    if (group.add(line)) continue;
    yield group.batches;
    group = new Group();
    group.add(line);
  }
  yield group.batches;
}

/** Lines of different keys, in batches. */
class Group {
  readonly batches: Line[][] = [[]];
  readonly #keys = new Set<string>();
  #bytes = 0;

  /** Whether there was room for the line. */
  add(line: Line): boolean {
    if (this.#keys.has(line.key)) return false;
    const { length } = line.text;
    const last = this.batches.at(-1)!;
    const isFull =
      last.length === batchCountMax || (last.length > 0 && this.#bytes + length > batchBytesMax);
    if (isFull && this.batches.length === batchesAtOnce) return false;
    if (isFull) {
      this.batches.push([]);
      this.#bytes = 0;
    }
    this.batches.at(-1)!.push(line);
    this.#keys.add(line.key);
    this.#bytes += length;
    return true;
  }
}

/**
 * An item as it is, or in the `Item` of an export's line; where the source does not say which, an
 * item is what has the table's partition key.
 */
function readLine(
  line: SourceLine,
  keyNames: readonly string[],
  isWrapped: boolean | undefined,
): Line | LineProblem {
  if (line.text.length > lineLengthMax) {
    return new LineProblem(line, `a line of more than ${lineLengthMax} characters is no item`);
  }
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch (thrown) {
    return new LineProblem(line, thrown instanceof Error ? thrown.message : "not JSON");
  }
  const [partition] = keyNames;
  const isInItem = (given: Record<string, unknown>) =>
    isWrapped ?? (!Object.hasOwn(given, partition!) && isObject(given.Item));
  const item = isObject(value) && isInItem(value) ? value.Item : value;
  if (!isObject(item)) {
    return new LineProblem(line, "this is no item, which is an object of attributes by name");
  }
  const missing = keyNames.find((name) => !Object.hasOwn(item, name) || !isObject(item[name]));
  if (missing !== undefined) return new LineProblem(line, `the item lacks its key "${missing}"`);
  return { ...line, ...keyedBy(item as Item, keyNames) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function keyedBy(item: Item, keyNames: readonly string[]): Pick<Line, "item" | "key"> {
  const key = JSON.stringify(keyNames.map((name) => spelledKey(item[name]!)));
  return { item, key };
}

/** Numbers that are spelled otherwise are one key; that some others fall together does no harm. */
function spelledKey(value: AttributeValue): unknown {
  return typeof value.N === "string" ? Number(value.N) : value;
}

async function writeAll(call: CallTables, table: string, batches: Line[][]): Promise<void> {
  const outcomes = await Promise.allSettled(batches.map((batch) => write(call, table, batch)));
  const first = outcomes.findIndex(({ status }) => status === "rejected");
  if (first < 0) return;
  await writeOneByOne(call, table, batches.slice(first).flat(), countOf(batches.slice(0, first)));
}

function countOf(batches: readonly Line[][]): number {
  return batches.reduce((sum, batch) => sum + batch.length, 0);
}

/** Everything that the answer gives back is asked for again. */
async function write(call: CallTables, table: string, lines: readonly Line[]): Promise<void> {
  let requests: unknown = lines.map(({ item }) => ({ PutRequest: { Item: item } }));
  for (;;) {
    const { UnprocessedItems } = await call("BatchWriteItem", {
      RequestItems: { [table]: requests },
    });
    requests = (UnprocessedItems as Record<string, unknown> | undefined)?.[table];
    if (!requests) return;
    await pause(unprocessedWaitMs);
  }
}

/** Finds the line on which a group has failed; those before it are written, some once more. */
async function writeOneByOne(
  call: CallTables,
  table: string,
  lines: readonly Line[],
  before: number,
): Promise<void> {
  for (const [at, line] of lines.entries()) {
    try {
      await call("PutItem", { TableName: table, Item: line.item });
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      throw new LineProblem(line, reason, before + at);
    }
  }
}
