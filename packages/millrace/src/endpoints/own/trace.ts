/**
 * `GET /_millrace/trace`: the last executions of rules and refusals of policies, or, with
 * `follow=true`, those to come, behind all since a moment where one is given.
 *
 * A line of JSON for each, the oldest first.
 */

import { topicFilterProblem } from "@millrace/mqtt";
import type { RestTarget } from "../../aws/mod.ts";
import { type TraceWish, traceOutcomes } from "../../rules/mod.ts";
import { traceLimitDefault } from "../limits.ts";
import { plainError } from "../plain-error.ts";
import type { Call } from "../ports.ts";
import { Query } from "../query.ts";
import { FollowedLines, lineHeaders } from "./followed-lines.ts";
import { readMoment } from "./moment.ts";
import { traceLine } from "./trace-line.ts";

const members = ["rule", "topic", "outcome", "traceId", "since", "limit", "follow"];

export function answerTrace(call: Call, target: RestTarget): Response {
  const { trace, clock } = call.ports;
  const query = new Query({ target }, "the trace", members);
  const wish = readWish(query);
  const follows = query.flag("follow");
  const limit = query.integer("limit", { min: 0, max: Number.MAX_SAFE_INTEGER });
  if (query.problem) return plainError(call, 400, query.problem);
  if (!follows) {
    const found = trace.recent(wish, limit ?? traceLimitDefault);
    return new Response(found.map(traceLine).join(""), { headers: lineHeaders });
  }
  const fallback = wish.sinceMs === undefined ? 0 : Number.POSITIVE_INFINITY;
  const earlier = trace.recent(wish, limit ?? fallback);
  const { signal } = call.request;
  const bytesOf = () => 0; // an event is small
  const lines = new FollowedLines({ lineOf: traceLine, bytesOf, clock, signal });
  lines.begin(trace.follow(wish, lines));
  return new Response(lines.body(earlier.map(traceLine).join("")), { headers: lineHeaders });
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
  return { ruleName, topicFilter, outcome, traceId, sinceMs: readMoment(query, "since") };
}
