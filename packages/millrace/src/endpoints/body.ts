/** Reads a request's body, up to a bound, and the JSON in it. */

import { concatBytes, textOrUndefined } from "../base/mod.ts";

/** Bodies that had to be read to verify a signature, for the operation that comes after. */
const kept = new WeakMap<Request, Uint8Array>();

/** Reads the body so that `readBody` can have it once more; as `readBody`. */
export async function keepBody(
  request: Request,
  bytesMax: number,
): Promise<Uint8Array | undefined> {
  const bytes = await readBody(request, bytesMax);
  if (bytes) kept.set(request, bytes);
  return bytes;
}

/** `undefined` when there is more than `bytesMax`; the rest is then not read. */
export async function readBody(
  request: Request,
  bytesMax: number,
): Promise<Uint8Array | undefined> {
  const known = kept.get(request);
  if (known) return known.length > bytesMax ? undefined : known;
  if (Number(request.headers.get("content-length") ?? 0) > bytesMax) return undefined;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > bytesMax) return undefined;
    chunks.push(chunk);
  }
  return concatBytes(chunks);
}

/** `undefined` when the bytes are not JSON in UTF-8. */
export function parseJson(bytes: Uint8Array): unknown {
  const text = textOrUndefined(bytes);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // JSON.parse has no other way to say no
  }
}
