/** Which engine keeps the records, and where work files go. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Figured, Logger } from "../base/mod.ts";
import { openMemoryRecords, openSqliteRecords, type Records } from "../storage/mod.ts";

const exitStopped = 70;

export interface Engines extends Figured {
  readonly records: Records;
  /** For bundles; kept between starts when data is. Absolute. */
  readonly workFolder: string;
  /** All that is kept, the two others too; absent: nothing is. Absolute. */
  readonly dataFolder?: string;
  /** For files that are data; as lasting as the records. Absolute. */
  readonly filesFolder: string;
  close(): Promise<void>;
}

/** Rejects with a `WorldError` when the data folder cannot be had, e.g. `DATA_IN_USE`. */
export async function openEngines(
  dataFolder: string | undefined,
  logger: Logger,
): Promise<Engines> {
  if (dataFolder === undefined) {
    const workFolder = mkdtempSync(join(tmpdir(), "millrace-"));
    const records = openMemoryRecords();
    const close = async () => {
      await records.close();
      rmSync(workFolder, { recursive: true, force: true });
    };
    const filesFolder = join(workFolder, "files");
    return { records, workFolder, filesFolder, figures: () => [], close };
  }
  const folder = resolve(dataFolder);
  const records = await openSqliteRecords({
    path: join(folder, "records.db"),
    logger,
    onStopped(error) {
      // Nothing can be promised any more; the next start finds everything that was answered.
      logger.error("the server ends", { reason: error.message });
      process.exit(exitStopped);
    },
  });
  return {
    records,
    dataFolder: folder,
    workFolder: join(folder, "work"),
    filesFolder: join(folder, "files"),
    figures: () => records.figures(),
    close: () => records.close(),
  };
}
