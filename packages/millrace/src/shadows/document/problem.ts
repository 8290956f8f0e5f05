/**
 * Why a request is rejected: the codes and texts of AWS IoT, in one table.
 * [guide: Device Shadow error messages]
 */

import { shortened } from "../../base/mod.ts";

export interface Problem {
  readonly code: ProblemCode;
  readonly message: string;
}

export type ProblemCode = 400 | 404 | 409 | 413 | 415 | 429 | 500;

const problem = (code: ProblemCode, message: string): Problem => ({ code, message });

export const problems = {
  invalidJson: problem(400, "Invalid JSON"),
  stateMissing: problem(400, "Missing required node: state"),
  stateNoObject: problem(400, "State node must be an object"),
  desiredNoObject: problem(400, "Desired node must be an object"),
  reportedNoObject: problem(400, "Reported node must be an object"),
  versionInvalid: problem(400, "Invalid version"),
  clientTokenInvalid: problem(400, "Invalid clientToken"),
  nestedTooDeep: problem(400, "JSON contains too many levels of nesting; maximum is 6"),
  versionConflict: problem(409, "Version conflict"),
  tooLarge: problem(413, "The payload exceeds the maximum size allowed"),
  // "documented" stands in AWS's own text.
  notUtf8: problem(415, "Unsupported documented encoding; supported encoding is UTF-8"),
  // The guide gives the code and no text.
  tooManyRequests: problem(429, "Too many requests"),
  internal: problem(500, "Internal service failure"),
} as const;

/** A member of `state` that is no section, or an array with a null. The service names the node. */
export function invalidNode(key: string): Problem {
  return problem(400, `State contains an invalid node: '${shortened(key)}'`);
}

/** Of the classic shadow the service says the thing's name. */
export function noShadow(name: string): Problem {
  return problem(404, `No shadow exists with name: '${name}'`);
}
