/** Hash functions: lower-case hexadecimal of the text's UTF-8 bytes. */

import { hash } from "node:crypto";
import { toText } from "../convert.ts";
import type { SqlVersion } from "../version.ts";
import { type FunctionTable, notImplemented, onValues } from "./definition.ts";

export function hashFunctions(version: SqlVersion): FunctionTable {
  const hashing = (algorithm: string) =>
    onValues(1, (value) => {
      const text = toText(value, version);
      return text === undefined ? undefined : hash(algorithm, text, "hex");
    });
  return {
    md2: notImplemented,
    md5: hashing("md5"),
    sha1: hashing("sha1"),
    sha224: hashing("sha224"),
    sha256: hashing("sha256"),
    sha384: hashing("sha384"),
    sha512: hashing("sha512"),
  };
}
