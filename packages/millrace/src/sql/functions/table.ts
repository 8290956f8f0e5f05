/** Every function of the language by its name in lower case, those not implemented included. */

import type { SqlVersion } from "../version.ts";
import { collectionFunctions } from "./collection.ts";
import { type FunctionDefinition, notImplemented } from "./definition.ts";
import { encodingFunctions } from "./encoding.ts";
import { hashFunctions } from "./hash.ts";
import { messageFunctions } from "./message.ts";
import { numericFunctions } from "./numeric.ts";
import { patternFunctions } from "./pattern.ts";
import { textFunctions } from "./text.ts";

/** Functions whose service, or whose dialect of time patterns, is not there yet. */
const absent = [
  "aws_lambda",
  "get_dynamodb",
  "get_registry_data",
  "get_secret",
  "get_thing_shadow",
  "machinelearning_predict",
  "parse_time",
  "time_to_epoch",
];

function tableOf(version: SqlVersion): ReadonlyMap<string, FunctionDefinition> {
  return new Map([
    ...Object.entries(collectionFunctions(version)),
    ...Object.entries(encodingFunctions(version)),
    ...Object.entries(hashFunctions(version)),
    ...Object.entries(messageFunctions(version)),
    ...Object.entries(numericFunctions),
    ...Object.entries(patternFunctions(version)),
    ...Object.entries(textFunctions(version)),
    ...absent.map((name) => [name, notImplemented] as const),
  ]);
}

const tables: Readonly<Record<SqlVersion, ReadonlyMap<string, FunctionDefinition>>> = {
  "2015-10-08": tableOf("2015-10-08"),
  "2016-03-23": tableOf("2016-03-23"),
};

/** The function of that name, in any case; `undefined` when the language has none. */
export function functionOf(name: string, version: SqlVersion): FunctionDefinition | undefined {
  return tables[version].get(name.toLowerCase());
}
