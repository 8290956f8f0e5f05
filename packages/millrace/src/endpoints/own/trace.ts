/**
 * `GET /_millrace/trace`: the last executions of rules, or, with `follow=true`, those to come.
 *
 * A line of JSON for each, the oldest first. A follower that reads too slowly misses some; a line
 * `{"missed":n}` stands where they were. While nothing happens an empty line comes now and then, so
 * that nobody takes the connection for a dead one.
 */

import { topicFilterProblem } from "@millrace/mqtt";
import type { RestTarget } from "../../aws/mod.ts";
import { BoundedQueue, type Clock, utf8 } from "../../base/mod.ts";
import type { RuleTrace, TracedExecution, TraceWish } from "../../rules/mod.ts";
import { traceOutcomes } from "../../rules/mod.ts";
import { followerLinesMax, followerQuietMsMax, traceLimitDefault } from "../limits.ts";
import { plainError } from "../plain-error.ts";
import type { Call } from "../ports.ts";
import { Query } from "../query.ts";
import { traceLine } from "./trace-line.ts";

const members = ["rule", "topic", "outcome", "traceId", "since", "limit", "follow"];
const headers = { "content-type": "application/x-ndjson", "cache-control": "no-store" };

export function answerTrace(call: Call, target: RestTarget): Response {
  const { trace, clock } = call.ports;
  const query = new Query({ target }, "the trace", members);
  const wish = readWish(query);
  const follows = query.flag("follow");
  const limit = query.integer("limit", { min: 0, max: Number.MAX_SAFE_INTEGER });
  if (query.problem) return plainError(call, 400, query.problem);
  if (!follows) {
    const found = trace.recent(wish, limit ?? traceLimitDefault);
    return new Response(found.map(traceLine).join(""), { headers });
  }
  const earlier = trace.recent(wish, limit ?? 0);
  const body = followTrace({ trace, wish, earlier, clock, signal: call.request.signal });
  return new Response(body, { headers });
}

function readWish(query: Query): TraceWish {
  const topicFilter = query.text("topic");
  const filterProblem = topicFilter === undefined ? undefined : topicFilterProblem(topicFilter);
  if (filterProblem) query.report(`topic "${topicFilter}" is no topic filter: ${filterProblem}`);
  const outcome = traceOutcomes.find((one) => one === query.text("outcome"));
  if (query.text("outcome") !== undefined && !outcome) {
    query.report(`outcome "${query.text("outcome")}" is none of ${traceOutcomes.join(", ")}`);
  }
  const ruleName = query.text("rule");
  const traceId = query.text("traceId");
  return { ruleName, topicFilter, outcome, traceId, sinceMs: readMoment(query) };
}

/** Milliseconds since the epoch, or a date and time of ISO 8601. */
function readMoment(query: Query): number | undefined {
  const text = query.text("since");
  if (text === undefined) return undefined;
  const moment = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(moment)) query.report(`since "${text}" is no moment`);
  return moment;
}

interface Following {
  readonly trace: RuleTrace;
  readonly wish: TraceWish;
  /** What has been executed before. */
  readonly earlier: readonly TracedExecution[];
  readonly clock: Clock;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
}

/** Lines are made when the client has room for them, as many at once as there are. */
function followTrace({ trace, wish, earlier, clock, signal }: Following): ReadableStream {
  const waiting = new BoundedQueue<TracedExecution>(followerLinesMax);
  let missedCount = 0;
  let isOver = false;
  let wake = () => {};
  const stop = trace.follow(wish, {
    tell: (traced) => {
      waiting.push(traced);
      wake();
    },
    end,
  });
  function end(): void {
    isOver = true;
    stop();
    wake();
  }
  function takeLines(): string {
    let lines = "";
    for (let traced = waiting.shift(); traced; traced = waiting.shift()) lines += traceLine(traced);
    const missed = waiting.droppedCount - missedCount;
    missedCount = waiting.droppedCount;
    return missed === 0 ? lines : `${lines}${JSON.stringify({ missed })}\n`;
  }
  signal.addEventListener("abort", end);
  return new ReadableStream<Uint8Array>({
    start(controller) {
      // At least one byte, so that the client learns at once that it is heard.
      controller.enqueue(utf8(earlier.map(traceLine).join("") || "\n"));
    },
    async pull(controller) {
      if (waiting.length === 0 && !isOver) await quietOrWoken();
      const lines = takeLines();
      if (isOver && lines === "") controller.close();
      else controller.enqueue(utf8(lines || "\n"));
    },
    cancel: end,
  });
  function quietOrWoken(): Promise<void> {
    return new Promise((resolve) => {
      const timer = clock.after(followerQuietMsMax, resolve);
      wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}
