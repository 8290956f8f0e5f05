/** `encode` and `decode`, base64 only. `encode(*, 'base64')` is compiled apart: it takes bytes. */

import { fromBase64, textOf, textOrUndefined, toBase64, utf8 } from "../../base/mod.ts";
import { toText } from "../convert.ts";
import { readJson } from "../json-read.ts";
import type { Value } from "../value.ts";
import type { SqlVersion } from "../version.ts";
import { type FunctionTable, onValues, since2016 } from "./definition.ts";

const literal = { place: 1, texts: ["base64"] };

export function encodingFunctions(version: SqlVersion): FunctionTable {
  const encode = onValues(2, (value) => {
    const text = toText(value, version);
    return text === undefined ? undefined : toBase64(utf8(text));
  });
  const decode = onValues(2, (value) => decodeBase64(toText(value, version), version));
  return {
    decode: { ...since2016(decode), literal },
    encode: { ...since2016(encode), literal },
  };
}

/** The JSON value in the bytes, else their text; Null when the text is no base64. */
function decodeBase64(text: string | undefined, version: SqlVersion): Value {
  if (text === undefined) return undefined;
  const bytes = fromBase64(text);
  if (!bytes) return null;
  const decoded = textOrUndefined(bytes);
  const json = decoded === undefined ? undefined : readJson(decoded, version);
  return json === undefined ? textOf(bytes) : json;
}
