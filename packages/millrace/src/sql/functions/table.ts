/** Every function of the language by its name in lower case. */

import { collectionFunctions } from "./collection.ts";
import type { FunctionDefinition } from "./definition.ts";
import { encodingFunctions } from "./encoding.ts";
import { externalFunctions } from "./external.ts";
import { hashFunctions } from "./hash.ts";
import { messageFunctions } from "./message.ts";
import { numericFunctions } from "./numeric.ts";
import { patternFunctions } from "./pattern.ts";
import { textFunctions } from "./text.ts";
import { timeFunctions } from "./time.ts";

const table: ReadonlyMap<string, FunctionDefinition> = new Map(
  [
    collectionFunctions,
    encodingFunctions,
    externalFunctions,
    hashFunctions,
    messageFunctions,
    numericFunctions,
    patternFunctions,
    textFunctions,
    timeFunctions,
  ].flatMap((family) => Object.entries(family)),
);

/** The function of that name, in lower case; `undefined` when the language has none. */
export function functionOf(name: string): FunctionDefinition | undefined {
  return table.get(name);
}
