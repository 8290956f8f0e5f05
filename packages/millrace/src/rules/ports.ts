/** What the rules need of the services; whoever puts the house together hands it over. */

import type { ExternalServices } from "../sql/mod.ts";
import type { WantedDestination } from "./destinations/destination.ts";
import type { Origin, RuleMessageProperties } from "./message.ts";

/**
 * A port that meets an error of the world throws a `WorldError` and is called again. Any other
 * error is the reason of a failure, and final.
 */
/** In whose name something is done: a rule's, in the role of one of its actions. */
export interface RuleActor {
  readonly ruleName: string;
  /** Absent for what needs no role, such as the call of a function. */
  readonly roleArn?: string | undefined;
}

export interface RulePorts {
  /** The same ports with the rights of the actor alone; absent: nothing is asked. */
  readonly actingAs?: (actor: RuleActor) => RulePorts;
  /** Answers when the message is owned by everyone who is owed it, rules that match it included. */
  readonly publish: (message: Republication) => Publication | Promise<Publication>;
  /** Answers when the event is accepted by the function, its version or alias. `event` is JSON. */
  readonly invokeAsync: (
    functionName: string,
    event: Uint8Array,
    qualifier?: string,
  ) => Promise<void>;
  /** Answers when the item is stored. */
  readonly putItem: (tableName: string, item: AttributeMap) => Promise<void>;
  /** Gives the item of that key these attributes, or makes it. */
  readonly updateItem: (tableName: string, key: AttributeMap, set: AttributeMap) => Promise<void>;
  /** Answers when no item has that key. */
  readonly deleteItem: (tableName: string, key: AttributeMap) => Promise<void>;
  /** The services that follow may be absent: then their actions are refused. */
  readonly putRecord?: (record: StreamRecord) => Promise<void>;
  readonly putObject?: (object: ObjectToPut) => Promise<void>;
  readonly writeLog?: (
    groupName: string,
    entries: readonly LogEntry[],
    ruleName: string,
  ) => Promise<void>;
  /** Why the value could not be taken; `undefined` when it was. */
  readonly putMetric?: (metric: Metric) => string | undefined;
  readonly http?: HttpServices;
  /** What statements and templates may ask; a function whose service is absent is refused. */
  readonly services?: ExternalServices;
}

export interface Republication {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1;
  readonly origin: Origin;
  readonly properties?: RuleMessageProperties;
  /** Absent: it does not expire. */
  readonly expirySeconds?: number;
}

export interface HttpServices {
  readonly send: HttpSend;
  readonly destinations: {
    /** A rule sends to URLs that begin with this one. Answers at once. */
    readonly want: (wanted: WantedDestination) => void;
    /** Why nothing may be sent there; `undefined` when it may. */
    readonly problemOf: (confirmationUrl: string) => string | undefined;
  };
}

/** One POST, redirects not followed. Rejects when there is no answer in time, or at all. */
export type HttpSend = (request: {
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  readonly timeoutMs: number;
}) => Promise<{ readonly status: number /** More than 16,384 bytes. */; readonly isLong: boolean }>;

export interface StreamRecord {
  readonly streamName: string;
  readonly partitionKey: string;
  readonly data: Uint8Array;
}

export interface ObjectToPut {
  readonly bucketName: string;
  /** 1 to 1024 bytes in UTF-8, whatever they are. */
  readonly key: string;
  readonly bytes: Uint8Array;
}

export interface LogEntry {
  readonly timestampMs: number;
  readonly message: string;
}

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  /** As CloudWatch has it, e.g. `Count`. */
  readonly unit: string;
  readonly value: number;
  readonly timestampMs: number;
}

export interface Publication {
  readonly accepted: boolean;
  /** Why not. */
  readonly reason?: string;
}

export type AttributeMap = { readonly [name: string]: AttributeValue };

/** A value as the tables' wire spells it; a number is its decimal text, `B` is in base64. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly M: AttributeMap }
  | { readonly L: readonly AttributeValue[] };
