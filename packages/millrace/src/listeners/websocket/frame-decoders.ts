/**
 * Decoders on loan: a client has one while it has half a message, and none while it is idle. Most
 * are silent, and a decoder is larger than all else that an idle one costs here.
 */

import { assert } from "../../base/mod.ts";
import { FrameDecoder } from "./frame-decoder.ts";

export class FrameDecoders {
  readonly #free: FrameDecoder[] = [];

  lend(): FrameDecoder {
    return this.#free.pop() ?? new FrameDecoder();
  }

  /** Only of one that is idle. */
  giveBack(decoder: FrameDecoder): void {
    assert(decoder.isIdle, "a decoder with half a message is nobody else's");
    this.#free.push(decoder);
  }
}
