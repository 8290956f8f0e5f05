/**
 * What each operation of logs needs leave for. [Service Authorization Reference: CloudWatch Logs]
 *
 * A group is asked for with `:*` behind it, but where its tags are; what is of one stream is asked
 * for as that stream.
 */

import type { AccountFacts, Need } from "../../identity/mod.ts";
import { arnOf, type Members, textOf, unknownRight } from "../rights.ts";

type Right = (input: Members, account: AccountFacts) => string;

/** The name, however the request says which group it means. */
function groupOf({ logGroupName, logGroupIdentifier, resourceArn }: Members): string {
  const arn = textOf(logGroupIdentifier) || textOf(resourceArn);
  const named = /^arn:[^:]*:logs:[^:]*:[^:]*:log-group:([^:]+)/.exec(arn)?.[1];
  return textOf(logGroupName) || (named ?? arn);
}

const group: Right = (input, account) => arnOf(account, "logs", `log-group:${groupOf(input)}:*`);

const stream: Right = (input, account) => {
  const resource = `log-group:${groupOf(input)}:log-stream:${textOf(input.logStreamName)}`;
  return arnOf(account, "logs", resource);
};

const tagged: Right = (input, account) => arnOf(account, "logs", `log-group:${groupOf(input)}`);

const allGroups: Right = (_, account) => arnOf(account, "logs", "log-group:*");

const rights: Readonly<Record<string, Right>> = {
  CreateLogGroup: group,
  CreateLogStream: group,
  DeleteLogGroup: group,
  DeleteLogStream: stream,
  DeleteRetentionPolicy: group,
  DescribeLogGroups: allGroups,
  DescribeLogStreams: group,
  FilterLogEvents: group,
  GetLogEvents: stream,
  ListTagsForResource: tagged,
  ListTagsLogGroup: group,
  PutLogEvents: stream,
  PutRetentionPolicy: group,
  TagLogGroup: group,
  TagResource: tagged,
  UntagLogGroup: group,
  UntagResource: tagged,
};

/** Whether the operation has an entry. */
export function hasRight(operation: string): boolean {
  return Object.hasOwn(rights, operation);
}

/** What the caller of the operation must be allowed to. */
export function needsOf(operation: string, input: Members, account: AccountFacts): Need[] {
  const right = hasRight(operation) ? rights[operation] : undefined;
  if (!right) return unknownRight("logs", operation);
  return [{ action: `logs:${operation}`, resource: right(input, account) }];
}
