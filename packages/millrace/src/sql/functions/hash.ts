/** Hash functions: lower-case hexadecimal of the text's UTF-8 bytes. */

import { hash } from "node:crypto";
import { utf8 } from "../../base/mod.ts";
import { type FunctionDefinition, type FunctionTable, onTexts } from "./definition.ts";
import { md2 } from "./md2.ts";

function hashing(algorithm: string): FunctionDefinition {
  return onTexts(1, (_run, text) => hash(algorithm, text!, "hex"));
}

export const hashFunctions: FunctionTable = {
  md2: onTexts(1, (run, text) => {
    const bytes = utf8(text!);
    run.spend(16 * bytes.length); // eighteen rounds over three blocks for every sixteen bytes
    return Buffer.from(md2(bytes)).toString("hex");
  }),
  md5: hashing("md5"),
  sha1: hashing("sha1"),
  sha224: hashing("sha224"),
  sha256: hashing("sha256"),
  sha384: hashing("sha384"),
  sha512: hashing("sha512"),
};
