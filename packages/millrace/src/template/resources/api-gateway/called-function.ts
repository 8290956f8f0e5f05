/** Which function an HTTP API calls, as integrations name it, and whether it has leave to. */

import type { Draft } from "../../resource-type.ts";
import {
  type FoundFunction,
  findFunction,
  mayInvoke,
  nameOf,
} from "../lambda/function-reference.ts";

/** As REST APIs and OpenAPI name functions: with the path of the call around its ARN. */
const invocation =
  /^arn:[^:]+:apigateway:[^:]+:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/;

/** The function by its ARN, or a sentence that says why there is none. */
export function findCalled(draft: Draft, uri: string): FoundFunction | string {
  const arn = invocation.exec(uri)?.[1] ?? uri;
  if (/^https?:/.test(arn)) return `calls of '${arn}' over HTTP are not implemented; functions are`;
  return findFunction(draft, arn);
}

/** Says once all permissions are known that AWS would refuse the call, where that is so. */
export function noteLeave(draft: Draft, apiName: string, called: FoundFunction): void {
  draft.atEnd(() => {
    if (mayInvoke(draft, called, "apigateway.amazonaws.com")) return;
    draft.note(
      `The API '${apiName}' could not invoke '${nameOf(called)}' on AWS: ` +
        "an AWS::Lambda::Permission for apigateway.amazonaws.com is missing.",
    );
  });
}

/** As a member of a route; none for the function as it is now. */
export function qualifierOf({ qualifier }: FoundFunction): { readonly qualifier?: string } {
  return qualifier === undefined ? {} : { qualifier };
}
