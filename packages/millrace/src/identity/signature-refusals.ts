/**
 * Signatures that proved nothing, for the log. Whoever can reach a door can send them without end,
 * so that only so many are told in a second; the next line says how many were not.
 */

import { type Clock, type Logger, shortened } from "../base/mod.ts";
import type { AuthenticationProblem } from "./identities.ts";
import { identityLimits } from "./limits.ts";
import { PerSecond } from "./per-second.ts";

const charactersMax = 256;

export class SignatureRefusals {
  readonly #logger: Logger;
  readonly #subject: string;
  readonly #rate: PerSecond;
  #untoldCount = 0;

  /** `subject` is what a line says first. */
  constructor(
    { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
    subject = "WebSocket refused",
  ) {
    this.#logger = logger;
    this.#subject = subject;
    this.#rate = new PerSecond(clock, identityLimits.denialsPerSecondMax);
  }

  report(
    { code, message, accessKeyId }: AuthenticationProblem,
    { ip, traceId }: { readonly ip: string; readonly traceId: string },
  ): void {
    if (!this.#rate.take()) {
      this.#untoldCount += 1;
      return;
    }
    const untoldCount = this.#untoldCount || undefined;
    this.#untoldCount = 0;
    const key = accessKeyId === undefined ? undefined : shortened(accessKeyId);
    const reason = shortened(message, charactersMax);
    const fields = { ip, accessKeyId: key, code, reason, traceId, untoldCount };
    this.#logger.warn(this.#subject, fields);
  }
}
