/**
 * What statements may ask of other services while they are evaluated. Whoever puts the house
 * together hands over what there is; a function whose service is absent is refused by name when
 * the statement is parsed.
 *
 * A promise that rejects is the function's failure: it ends the evaluation, without actions,
 * unless `get_or_default` stands around the call. Texts of JSON are values as the language reads
 * them, digit by digit. Time-outs are the service's own.
 */

import type { Value } from "../values/value.ts";

export interface ExternalServices {
  /** `aws_lambda`: calls the function and gives what it answers, as JSON. `event` is JSON. */
  readonly invoke?: (functionArn: string, event: Uint8Array) => Promise<string>;
  /** `get_dynamodb`: the item as JSON, without its wire's types. `undefined`: there is none. */
  readonly readItem?: (read: ItemRead) => Promise<string | undefined>;
  /** `get_secret`: its current version. */
  readonly readSecret?: (secretId: string, roleArn: string) => Promise<Secret>;
  /** `get_thing_shadow`: the whole document as JSON; without a name the classic shadow. */
  readonly readShadow?: (read: ShadowRead) => Promise<string>;
  /** `get_registry_data`: the answer of that operation as JSON. */
  readonly readRegistry?: (read: RegistryRead) => Promise<string>;
  /** `machinelearning_predict`: the answer as JSON. `record` is a JSON object of one layer. */
  readonly predict?: (prediction: Prediction) => Promise<string>;
  /** `decode(..., 'proto', ...)`: the message as JSON, by a descriptor that lies in a bucket. */
  readonly decodeProtobuf?: (message: ProtobufMessage) => Promise<string>;
}

export interface ItemRead {
  readonly tableName: string;
  /** The partition key, then the sort key of a table that has one. */
  readonly key: readonly { readonly name: string; readonly value: Value }[];
  readonly roleArn: string;
}

/** At least one of the two is there. */
export interface Secret {
  readonly text?: string;
  readonly bytes?: Uint8Array;
}

export interface ShadowRead {
  readonly thingName: string;
  readonly shadowName: string | undefined;
  readonly roleArn: string;
}

export interface RegistryRead {
  readonly operation: "DescribeThing" | "ListThingGroupsForThing";
  readonly thingName: string;
  readonly roleArn: string;
}

export interface Prediction {
  readonly modelId: string;
  readonly record: string;
  readonly roleArn: string;
}

export interface ProtobufMessage {
  readonly bytes: Uint8Array;
  readonly bucket: string;
  readonly key: string;
  readonly protoName: string;
  readonly messageType: string;
}
