/** What triggers need of streams, functions and roles; `node/` hands it over. */

export interface Shard {
  readonly id: string;
  /** Whose records come first. */
  readonly parentId?: string | undefined;
  /** Records may still be added to it. */
  readonly isOpen: boolean;
}

export interface StreamDescription {
  /** All that the stream still knows. */
  readonly shards: readonly Shard[];
  /** No record will be added to it any more. */
  readonly isOver: boolean;
}

/** A change of an item, as the function gets it. */
export interface StreamRecord {
  readonly sequence: string;
  /** To the second. */
  readonly createdMs: number;
  /** The same for all changes of one item. */
  readonly itemKey: string;
  /** The record as JSON. */
  readonly json: string;
  /** Of the JSON, in UTF-8. */
  readonly bytes: number;
}

export type Place = "oldest" | "newest" | { readonly after: string };

/** `trimmed`: the records there are forgotten; `gone`: there is no such stream or shard. */
export type OpenOutcome =
  | { readonly kind: "open"; readonly iterator: string }
  | { readonly kind: "trimmed" | "gone" };

export type ReadOutcome =
  | {
      readonly kind: "read";
      readonly records: readonly StreamRecord[];
      /** Absent: the shard is over, and this was its end. */
      readonly next: string | undefined;
    }
  | { readonly kind: "expired" | "trimmed" | "gone" };

/** All reject with a `WorldError` when the streams cannot be asked. */
export interface StreamPorts {
  /** Whether `Triggers.wake` is called after each change; else streams are polled. */
  readonly tellsOfChanges: boolean;
  /** Whether sequence numbers of a shard follow each other: what is missing has been forgotten. */
  readonly isGapless: boolean;
  /** The stream that the table's changes are written to; `undefined`: there is none. */
  currentOf(tableName: string): Promise<string | undefined>;
  /** `undefined`: there is no such stream. */
  describe(streamArn: string): Promise<StreamDescription | undefined>;
  open(streamArn: string, shardId: string, place: Place): Promise<OpenOutcome>;
  read(streamArn: string, iterator: string, countMax: number): Promise<ReadOutcome>;
}

export interface CalledFunction {
  readonly functionName: string;
  /** A version or an alias, which may have a role of its own; absent: the function as it is now. */
  readonly qualifier?: string | undefined;
}

export interface FunctionCall extends CalledFunction {
  readonly payload: Uint8Array;
}

export type CallResult =
  | {
      readonly kind: "answered";
      readonly payload: Uint8Array;
      /** Present when the function failed. */
      readonly functionError?: string | undefined;
      readonly version: string;
      readonly requestId: string;
    }
  /** The function did not run, or not to its end, through no fault of its own. */
  | { readonly kind: "not-run"; readonly reason: string };

export interface DiscardedObject {
  readonly bucketName: string;
  readonly key: string;
  readonly bytes: Uint8Array;
}

export interface TriggerPorts {
  readonly streams: StreamPorts;
  /** Of what a function is called with. */
  readonly payloadBytesMax: number;
  readonly hasFunction: (name: string, qualifier: string | undefined) => boolean;
  readonly functionArn: (name: string, qualifier: string | undefined) => string;
  /** Calls and waits; never rejects. */
  readonly call: (call: FunctionCall) => Promise<CallResult>;
  /** Why the function's role may not read the stream; `undefined`: it may. */
  readonly streamRefusal: (
    called: CalledFunction,
    streamArn: string,
  ) => Promise<string | undefined>;
  /** Why what is given up cannot be kept in the bucket; `undefined`: it can. */
  readonly bucketProblem: (
    called: CalledFunction,
    bucketName: string,
    triggerId: string,
  ) => Promise<string | undefined>;
  /** Stores it in the function's role; rejects with the reason when it cannot be. */
  readonly keepDiscarded: (called: CalledFunction, object: DiscardedObject) => Promise<void>;
}
