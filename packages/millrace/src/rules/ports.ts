/** What the rules need of the services; whoever puts the house together hands it over. */

import type { ExternalServices } from "../sql/mod.ts";
import type { Origin } from "./message.ts";

/**
 * A port that meets an error of the world throws a `WorldError` and is called again. Any other
 * error is the reason of a failure, and final.
 */
export interface RulePorts {
  /** Answers when the message is owned by everyone who is owed it, rules that match it included. */
  readonly publish: (message: Republication) => Publication | Promise<Publication>;
  /** Answers when the function's event is accepted. `event` is JSON. */
  readonly invokeAsync: (functionName: string, event: Uint8Array) => Promise<void>;
  /** Answers when the item is stored. */
  readonly putItem: (tableName: string, item: AttributeMap) => Promise<void>;
  /** What statements and templates may ask; a function whose service is absent is refused. */
  readonly services?: ExternalServices;
}

export interface Republication {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1;
  readonly origin: Origin;
}

export interface Publication {
  readonly accepted: boolean;
  /** Why not. */
  readonly reason?: string;
}

export type AttributeMap = { readonly [name: string]: AttributeValue };

/** A value as the tables' wire spells it; a number is its decimal text. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly M: AttributeMap }
  | { readonly L: readonly AttributeValue[] };
