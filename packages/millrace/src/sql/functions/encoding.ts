/** `encode` and `decode` with base64. What the second argument says besides is refused. */

import { fromBase64, textOf, textOrUndefined } from "../../base/mod.ts";
import type { Run } from "../run.ts";
import { readJson } from "../values/json-read.ts";
import type { Value } from "../values/value.ts";
import { type FunctionTable, onTextFirst, since2016 } from "./definition.ts";

export const encodingFunctions: FunctionTable = {
  decode: {
    ...since2016(onTextFirst(2, (run, text) => decodeBase64(run, text))),
    starAt: 0,
    literals: () => [{ place: 1, texts: ["base64", "proto"] }],
  },
  encode: {
    ...since2016({ argumentsMin: 2, argumentsMax: 2, body: { kind: "encode" } }),
    starAt: 0,
    literals: () => [{ place: 1, texts: ["base64"] }],
  },
};

/** The JSON value in the bytes, else their text; Null when the text is no base64. */
function decodeBase64(run: Run, text: string): Value {
  run.spend(2 * text.length); // what is in it may have to be read as JSON
  const bytes = fromBase64(text);
  if (!bytes) return null;
  const decoded = textOrUndefined(bytes);
  const json = decoded === undefined ? undefined : readJson(decoded, run.version);
  return json === undefined ? textOf(bytes) : json;
}
