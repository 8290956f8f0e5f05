/**
 * The layout in which the service exports a table to S3, as files of a folder.
 *
 *   AWSDynamoDB/<export>/manifest-summary.json   what was exported
 *   AWSDynamoDB/<export>/manifest-files.json     a line for each data file, with its MD5
 *   AWSDynamoDB/<export>/data/<name>.json.gz     `{"Item":{...}}` a line
 *
 * The summary is written last: a folder without one is no export.
 *
 * DynamoDB developer guide, "DynamoDB table export output format".
 */

import { createHash } from "node:crypto";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { newHexId, systemClock, systemRandom } from "../../base/mod.ts";

/** Text of items in one data file, before it is compressed. */
const partBytesMax = 32 * 1024 * 1024;

export interface ManifestFile {
  readonly itemCount: number;
  /** In base64. */
  readonly md5Checksum: string;
  readonly etag: string;
  readonly dataFileS3Key: string;
}

export interface ExportedTable {
  readonly TableArn: string;
  readonly TableId: string;
}

export class ExportFolder {
  readonly #root: string;
  readonly #table: ExportedTable;
  readonly #startedMs = systemClock.now();
  readonly #id: string;
  readonly #files: ManifestFile[] = [];
  #lines: string[] = [];
  #bytes = 0;

  constructor(root: string, table: ExportedTable) {
    this.#root = root;
    this.#table = table;
    this.#id = `${String(this.#startedMs).padStart(14, "0")}-${newHexId(systemRandom, 4)}`;
  }

  /** Where the export lies. */
  get path(): string {
    return join(this.#root, this.#key());
  }

  async add(items: readonly object[]): Promise<void> {
    for (const item of items) {
      const line = JSON.stringify({ Item: item });
      this.#lines.push(line);
      this.#bytes += line.length;
    }
    if (this.#bytes >= partBytesMax) await this.#writePart();
  }

  async end(): Promise<void> {
    if (this.#lines.length > 0 || this.#files.length === 0) await this.#writePart();
    const lines = this.#files.map((file) => `${JSON.stringify(file)}\n`).join("");
    await this.#writeManifest("manifest-files", lines);
    const itemCount = this.#files.reduce((sum, file) => sum + file.itemCount, 0);
    const summary = this.#summary(itemCount);
    await this.#writeManifest("manifest-summary", `${JSON.stringify(summary, null, 2)}\n`);
  }

  #summary(itemCount: number) {
    const { TableArn: tableArn, TableId: tableId } = this.#table;
    const startTime = new Date(this.#startedMs).toISOString();
    return {
      version: "2020-06-30",
      exportArn: `${tableArn}/export/${this.#id}`,
      startTime,
      endTime: new Date(systemClock.now()).toISOString(),
      tableArn,
      tableId,
      exportTime: startTime,
      s3Bucket: null,
      s3Prefix: null,
      s3SseAlgorithm: null,
      s3SseKmsKeyId: null,
      manifestFilesS3Key: this.#key("manifest-files.json"),
      billedSizeBytes: 0,
      itemCount,
      outputFormat: "DYNAMODB_JSON",
    };
  }

  #key(...names: string[]): string {
    return ["AWSDynamoDB", this.#id, ...names].join("/");
  }

  async #writePart(): Promise<void> {
    const itemCount = this.#lines.length;
    const bytes = gzipSync(this.#lines.map((line) => `${line}\n`).join(""));
    [this.#lines, this.#bytes] = [[], 0];
    const dataFileS3Key = this.#key("data", `${newHexId(systemRandom, 16)}.json.gz`);
    await writeSynced(join(this.#root, dataFileS3Key), bytes);
    const md5 = createHash("md5").update(bytes);
    const etag = md5.copy().digest("hex");
    this.#files.push({ itemCount, md5Checksum: md5.digest("base64"), etag, dataFileS3Key });
  }

  async #writeManifest(name: string, text: string): Promise<void> {
    const md5 = createHash("md5").update(text).digest("base64");
    await writeSynced(join(this.path, `${name}.md5`), Buffer.from(md5));
    await writeSynced(join(this.path, `${name}.json`), Buffer.from(text));
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true });
  const file = await open(path, "wx");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
