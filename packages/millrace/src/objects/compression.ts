/** Bytes in the codings that browsers take. */

import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

export type Coding = "br" | "gzip";

const brotli = promisify(brotliCompress);
const gzipAsync = promisify(gzip);

/**
 * `effort`: `once` for what is made once and sent often, `each` for what is made for one answer.
 */
export async function compress(
  bytes: Uint8Array,
  coding: Coding,
  effort: "once" | "each",
): Promise<Uint8Array> {
  if (coding === "gzip") return gzipAsync(bytes, { level: effort === "once" ? 9 : 6 });
  return brotli(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: effort === "once" ? 9 : 4,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}
