/** What fails while a request is answered: the client hears that something did, the log what. */

import { type Awaitable, errorText, InvariantBroken, type Logger } from "../base/mod.ts";
import { jsonAnswer, type WholeAnswer } from "./answer.ts";

interface Guarded {
  readonly path: string;
  readonly logger: Logger;
}

/** What `answer` gives, or 500; a broken invariant is thrown on, as no request is to survive it. */
export function answerOrFail<A>(
  answer: () => Awaitable<A>,
  { path, logger }: Guarded,
): Awaitable<A | WholeAnswer> {
  const failed = (thrown: unknown): WholeAnswer => {
    if (thrown instanceof InvariantBroken) throw thrown;
    logger.error("request failed", { path, error: errorText(thrown) });
    return jsonAnswer(500, { message: "Internal Server Error" });
  };
  try {
    const answered = answer();
    return answered instanceof Promise ? answered.catch(failed) : answered;
  } catch (thrown) {
    return failed(thrown);
  }
}
