/**
 * `GET /_millrace/logs`: the newest lines of logs, or, with `follow=true`, those to come as well.
 *
 * A line of JSON for each, the oldest first, of one function (`function`), one group (`group`) or
 * all; with `requestId` where the node knows the call. A line `{"unread":true}` comes before them
 * when older lines were left unread, because of the count or because one answer looks at a bounded
 * part of the logs.
 */

import type { RestTarget } from "../../aws/mod.ts";
import { suggest } from "../../base/mod.ts";
import { logGroupOf } from "../../functions/mod.ts";
import {
  type Followed,
  type LogGroup,
  PatternTooCostly,
  type Place,
  readPattern,
} from "../../logs/mod.ts";
import { logLinesDefault, logLinesMax, logReadsMax } from "../limits.ts";
import { plainError } from "../plain-error.ts";
import type { Call } from "../ports.ts";
import { Query } from "../query.ts";
import { FollowedLines, lineHeaders } from "./followed-lines.ts";
import { readMoment } from "./moment.ts";

const members = ["function", "group", "since", "filter", "limit", "follow"];

/** Whose lines, and which of them. */
interface Wish {
  /** Absent: of all groups. */
  readonly groupName: string | undefined;
  readonly fromMs: number;
  readonly countMax: number;
  readonly matches: (message: string, streamName: string) => boolean;
  readonly takeWork: (() => number) | undefined;
}

export async function answerLogLines(call: Call, target: RestTarget): Promise<Response> {
  const { logs, clock } = call.ports;
  const query = new Query({ target }, "the logs", members);
  const follows = query.flag("follow");
  const read = await readWish(call, query);
  if (query.problem) return plainError(call, 400, query.problem);
  if ("missing" in read) return plainError(call, 404, read.missing);
  if (!follows) {
    const earlier = await readLines(call, read, () => true);
    if ("problem" in earlier) return plainError(call, 400, earlier.problem);
    return new Response(textOf(earlier), { headers: lineHeaders });
  }
  const { signal } = call.request;
  const bytesOf = ({ message }: Followed) => message.length;
  const following = new FollowedLines({ lineOf, bytesOf, clock, signal });
  const { stop, isBefore } = await logs.followFromNow(read, following);
  following.begin(stop);
  const earlier = await readLines(call, read, isBefore);
  if ("problem" in earlier) {
    following.end();
    return plainError(call, 400, earlier.problem);
  }
  return new Response(following.body(textOf(earlier)), { headers: lineHeaders });
}

async function readWish(call: Call, query: Query): Promise<Wish | { readonly missing: string }> {
  const functionName = query.text("function");
  const groupName = query.text("group");
  if (functionName !== undefined && groupName !== undefined) {
    query.report("function and group are not asked for together");
  }
  const pattern = readPattern(query.text("filter") ?? "");
  if (!pattern.ok) query.report(pattern.problem);
  const matches = pattern.ok ? pattern.matches : () => false;
  const takeWork = pattern.ok ? pattern.takeWork : undefined;
  const sinceMs = readMoment(query, "since");
  const follows = query.text("follow") === "true";
  const fallback = sinceMs !== undefined ? logLinesMax : follows ? 0 : logLinesDefault;
  const countMax = query.integer("limit", { min: 0, max: logLinesMax }) ?? fallback;
  const wish = { fromMs: sinceMs ?? 0, countMax, matches, takeWork };
  if (functionName !== undefined) return ofFunction(call, functionName, wish);
  if (groupName !== undefined && !call.ports.logs.group(groupName)) {
    const names = call.ports.logs.groups.map(({ record }) => record.name);
    return { missing: `there is no log group "${groupName}"${suggest(groupName, names)}` };
  }
  return { ...wish, groupName };
}

/** A function's group is there with its first line; one that functions share names them. */
async function ofFunction(
  { ports }: Call,
  name: string,
  wish: Omit<Wish, "groupName">,
): Promise<Wish | { readonly missing: string }> {
  const { control } = ports.functions;
  const described = await control.describe(name);
  if (described.ok) {
    const { logging } = described.value.definition;
    const groupName = logGroupOf({ name, logging });
    if (logging?.group === undefined) return { ...wish, groupName };
    const isOwn = (stream: string) => stream.includes(`/${name}[`);
    return {
      ...wish,
      groupName,
      matches: (message, stream) => isOwn(stream) && wish.matches(message, stream),
    };
  }
  const groupName = logGroupOf({ name });
  if (ports.logs.group(groupName)) return { ...wish, groupName }; // it was there once
  const names = (await control.list()).map((one) => one.name);
  return { missing: `there is no function "${name}"${suggest(name, names)}` };
}

interface Lines {
  readonly lines: readonly Followed[];
  /** Older ones were not left unread. */
  readonly isWhole: boolean;
}

type IsAsked = (group: LogGroup, place: Place) => boolean;

/** The newest lines, the oldest of them first; or why the pattern cannot say which they are. */
async function readLines(
  call: Call,
  wish: Wish,
  isAsked: IsAsked,
): Promise<Lines | { readonly problem: string }> {
  try {
    return await readNewest(call, wish, isAsked);
  } catch (thrown) {
    if (thrown instanceof PatternTooCostly) return { problem: thrown.message };
    throw thrown;
  }
}

async function readNewest({ ports }: Call, wish: Wish, isAsked: IsAsked): Promise<Lines> {
  const { logs } = ports;
  const groups = logs.groups.filter(
    ({ record }) => wish.groupName === undefined || record.name === wish.groupName,
  );
  const found: Followed[] = [];
  let readsLeft = wish.countMax > 0 ? logReadsMax : 0;
  let isWhole = true;
  for (const group of groups) {
    let after: Place | undefined;
    let count = 0;
    for (let isAtEnd = false; !isAtEnd && readsLeft > 0 && count < wish.countMax; readsLeft -= 1) {
      const nameOf = (stream: number) => group.streamsByNumber.get(stream)?.record.name ?? "";
      const result = await logs.read(group, {
        fromMs: wish.fromMs,
        toMs: Number.POSITIVE_INFINITY,
        direction: "backward",
        after,
        countMax: wish.countMax - count,
        takeWork: wish.takeWork,
        wants: (event) =>
          isAsked(group, event) && wish.matches(event.message, nameOf(event.stream)),
      });
      ({ last: after, isAtEnd } = result);
      count += result.events.length;
      for (const { stream, ...event } of result.events) {
        found.push({ ...event, groupName: group.record.name, streamName: nameOf(stream) });
      }
      if (!isAtEnd && (readsLeft === 1 || count >= wish.countMax)) isWhole = false;
    }
  }
  const ordered = found.reverse().sort((left, right) => left.timestampMs - right.timestampMs);
  const lines = ordered.slice(-wish.countMax || ordered.length);
  return { lines, isWhole: wish.countMax === 0 || (isWhole && lines.length === found.length) };
}

function textOf({ lines, isWhole }: Lines): string {
  const text = lines.map(lineOf).join("");
  return isWhole ? text : `${JSON.stringify({ unread: true })}\n${text}`;
}

function lineOf({ timestampMs, groupName, streamName, message, requestId }: Followed): string {
  const time = new Date(timestampMs).toISOString();
  return `${JSON.stringify({ time, group: groupName, stream: streamName, requestId, message })}\n`;
}
