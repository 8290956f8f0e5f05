/**
 * Which keys policies may ask for: those that a door here gives some request. On any other, which
 * AWS may know, a condition would never see a value and so mean something else, and a `Deny` with
 * its variable would deny nothing; whoever brings such a policy is told.
 */

import type { PolicyDocument } from "./document.ts";
import { keysOf } from "./grammar/keys.ts";

/** In lower case. */
const suppliedKeys: ReadonlySet<string> = new Set([
  "aws:currenttime",
  "aws:epochtime",
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principaltype",
  "aws:securetransport",
  "aws:sourceaccount",
  "aws:sourcearn",
  "aws:sourceip",
  "aws:userid",
  "cloudwatch:namespace",
  "cognito-identity.amazonaws.com:amr",
  "dynamodb:enclosingoperation",
  "dynamodb:fulltablescan",
  "dynamodb:leadingkeys",
  "dynamodb:returnconsumedcapacity",
  "dynamodb:returnvalues",
  "dynamodb:select",
  "events:detail-type",
  "events:source",
  "iam:passedtoservice",
  "iot:certificateid",
  "iot:clientid",
  "iot:connectattributes",
  "iot:lastwilltopic",
  "lambda:functionarn",
  "lambda:functionurlauthtype",
  "lambda:invokedviafunctionurl",
  "sts:externalid",
  "sts:rolesessionname",
]);

/** Of things and certificates, whose attributes are their own. */
const ofDevices = /^iot:(?:connection\.thing|certificate)\./;

/** Of a provider's token: a dot, a port or a path tells a host from the prefix of a service. */
const ofTokens = /^(?:localhost|[^:]*[./].*|[^:/]*:\d.*|\[.*):(?:aud|sub)$/;

export interface KeyProblem {
  /** Of the statement, from 0. */
  readonly statement: number;
  readonly message: string;
}

/** One for each key, condition's or variable's, that no request here has. */
export function keyProblems({ statements, version }: PolicyDocument): KeyProblem[] {
  return statements.flatMap((statement, index) => {
    const unknown = keysOf(statement, version).filter(({ key }) => !isSupplied(key));
    const messages = unknown.map(({ kind, shown }) =>
      kind === "condition"
        ? `the condition key '${shown}' is not implemented`
        : `the variable '${shown}' is not implemented`,
    );
    return [...new Set(messages)].map((message) => ({ statement: index, message }));
  });
}

function isSupplied(key: string): boolean {
  const lower = key.toLowerCase();
  return suppliedKeys.has(lower) || ofDevices.test(lower) || ofTokens.test(lower);
}
