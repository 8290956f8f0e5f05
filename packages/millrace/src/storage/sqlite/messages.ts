/** What the two threads say to each other: one answer per request, one request at a time. */

import type { Failure } from "./failure.ts";
import type { PackedChanges } from "./wire.ts";

export interface OpenRequest {
  readonly kind: "open";
  readonly path: string;
  /** Past this size the file is full, as a disk would be. */
  readonly fileBytesMax?: number;
}

export interface CommitRequest {
  readonly kind: "commit";
  readonly path: string;
  readonly changes: PackedChanges;
}

export interface CloseRequest {
  readonly kind: "close";
  readonly path: string;
}

export type WriterRequest = OpenRequest | CommitRequest | CloseRequest;

export type WriterAnswer =
  | {
      readonly kind: "done";
      /** How long the disk took to make the changes durable; 0 without changes. */
      readonly syncSeconds: number;
    }
  | { readonly kind: "failed"; readonly failure: Failure };
