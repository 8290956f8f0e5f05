/**
 * What fails while a call is answered, and is no refusal: a disk, a peer, a fault of ours.
 *
 * Its sender hears in the service's own words that something did, with the request's id; what it
 * was, with its path, stands under that id in the log, and there alone. A broken invariant is no
 * such failure: no request is to survive it.
 */

import { parseTarget, type RequestHead, restTarget } from "../aws/mod.ts";
import { errorText, InvariantBroken, type Logger, shortened, WorldError } from "../base/mod.ts";

/** A call, as far as the log tells of it. */
export interface Unforeseen {
  readonly request: RequestHead;
  readonly requestId: string;
  readonly ports: { readonly logger: Logger };
}

/** Tells the log what was thrown; throws it on when it is a broken invariant. */
export function reportUnforeseen({ request, requestId, ports }: Unforeseen, thrown: unknown): void {
  if (thrown instanceof InvariantBroken) throw thrown;
  const operation = parseTarget(request.headers.get("x-amz-target"))?.operation;
  ports.logger.error("request failed", {
    request: requestId,
    method: request.method,
    path: shortened(restTarget(request.url).path),
    operation: operation && shortened(operation),
    code: thrown instanceof WorldError ? thrown.code : undefined,
    error: errorText(thrown),
  });
}

/** What `answer` gives, or what `fail` makes of a failure that the log has been told. */
export async function answerOrFail<C extends Unforeseen, A>(
  call: C,
  answer: (call: C) => A | Promise<A>,
  fail: (call: C) => A,
): Promise<A> {
  try {
    return await answer(call);
  } catch (thrown) {
    reportUnforeseen(call, thrown);
    return fail(call);
  }
}
