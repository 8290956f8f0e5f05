/** Sends a body that comes in pieces as fast as the other side takes it. */

import type { BytePieces } from "../../base/mod.ts";
import { type AnswerEncoder, lastChunk } from "./answer-encoder.ts";

export interface PieceSink {
  /** False: nobody takes any more; answers when more may be written. */
  ready(): Promise<boolean>;
  /** The first `length` of the bytes. */
  write(bytes: Uint8Array, length: number): void;
}

/**
 * False: what was sent is not the whole body; rejects when the pieces break off. With a length the
 * pieces go out as they are, without one as chunks. [RFC 9112: 6.2, 7.1]
 */
export async function sendPieces(
  { pieces, length }: BytePieces,
  sink: PieceSink,
  encoder: Pick<AnswerEncoder, "encodeChunk" | "bytes">,
): Promise<boolean> {
  let leftBytes = length ?? Number.POSITIVE_INFINITY;
  for await (const piece of pieces) {
    if (piece.length === 0) continue; // an empty chunk would be the last
    leftBytes -= piece.length;
    if (leftBytes < 0 || !(await sink.ready())) return false;
    if (length !== undefined) sink.write(piece, piece.length);
    else {
      const chunkBytes = encoder.encodeChunk(piece);
      sink.write(encoder.bytes, chunkBytes);
    }
  }
  if (length !== undefined) return leftBytes === 0;
  if (!(await sink.ready())) return false;
  sink.write(lastChunk, lastChunk.length);
  return true;
}
