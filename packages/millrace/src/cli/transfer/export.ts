/**
 * Brings all items of a table into a file or a folder, a page of a Scan after the other.
 *
 * A file grows under another name and gets its own when it is whole and synced. It is not of one
 * moment: writes that come meanwhile may or may not be in it.
 */

import { type FileHandle, open, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { ExportFolder } from "./export-folder.ts";
import { itemsText, Progress, type Terminal } from "./progress.ts";
import type { CallTables, Item } from "./tables-client.ts";

export type ExportFormat = "json-lines" | "dynamodb-json";

export interface ExportOptions {
  readonly call: CallTables;
  readonly table: string;
  readonly to: string;
  readonly format: ExportFormat;
  readonly terminal: Terminal;
  /** Where the items go when `to` is `-`. */
  readonly output: { write(text: string, done: () => void): unknown };
}

/** Why an export did not end, and how far it came. */
export class ExportProblem extends Error {
  override name = "ExportProblem";
}

interface Target {
  /** What people find there. */
  readonly path: string;
  /** Where the items are while not all of them are. */
  readonly partialPath: string;
  add(items: readonly Item[]): Promise<void>;
  end(): Promise<void>;
  /** Leaves what there is of it where it lies. */
  leave(): Promise<void>;
}

interface Description {
  readonly TableArn: string;
  readonly TableId: string;
  readonly ItemCount: number;
}

/** A sentence that says what was exported; what was refused or failed is thrown. */
export async function exportTable(options: ExportOptions): Promise<string> {
  const { call, table, terminal } = options;
  const { Table } = await call("DescribeTable", { TableName: table });
  const description = Table as Description;
  const target = await openTarget(options, description);
  const progress = new Progress(terminal, "exported");
  let count = 0;
  try {
    for await (const items of pagesOf(call, table)) {
      await target.add(items);
      count += items.length;
      progress.tell(count, description.ItemCount);
    }
    await target.end();
  } catch (thrown) {
    progress.end(count);
    await target.leave();
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const left =
      target.partialPath === "-" ? "" : `; what there is of it lies in ${target.partialPath}`;
    throw new ExportProblem(`broken off after ${itemsText(count)}: ${reason}${left}`);
  }
  const verb = count === 1 ? "is" : "are";
  return `${itemsText(count)} of ${table} ${verb} in ${target.path} (${progress.end(count)})`;
}

async function* pagesOf(call: CallTables, TableName: string): AsyncIterable<readonly Item[]> {
  let start: object | undefined;
  do {
    const more = start && { ExclusiveStartKey: start };
    const page = await call("Scan", { TableName, ConsistentRead: true, ...more });
    yield page.Items as readonly Item[];
    start = page.LastEvaluatedKey as object | undefined;
  } while (start);
}

function openTarget(options: ExportOptions, description: Description): Promise<Target> | Target {
  const { to, format } = options;
  if (format === "json-lines") return to === "-" ? toOutput(options) : openFile(to);
  const folder = new ExportFolder(to, description);
  return {
    path: folder.path,
    partialPath: folder.path,
    add: (items) => folder.add(items),
    end: () => folder.end(),
    leave: async () => {},
  };
}

function toOutput({ output }: ExportOptions): Target {
  return {
    path: "the output",
    partialPath: "-",
    add: (items) => new Promise((resolve) => void output.write(textOf(items), () => resolve())),
    end: async () => {},
    leave: async () => {},
  };
}

async function openFile(path: string): Promise<Target> {
  if (await stat(path).catch(() => undefined)) {
    throw new ExportProblem(`"${path}" is there already`);
  }
  const partialPath = `${path}.partial`;
  const file: FileHandle = await open(partialPath, "w");
  return {
    path,
    partialPath,
    add: async (items) => file.appendFile(textOf(items)), // all of it, unlike `write`
    async end() {
      await file.sync();
      await file.close();
      await rename(partialPath, path);
      await syncFolder(dirname(path));
    },
    leave: () => file.close(),
  };
}

/** So that the file has its name also after a crash of the machine. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function textOf(items: readonly Item[]): string {
  return items.map((item) => `${JSON.stringify(item)}\n`).join("");
}
