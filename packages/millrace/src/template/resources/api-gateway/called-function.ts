/** Which function an HTTP API calls, as integrations name it, and whether it has leave to. */

import type { Draft, Identity } from "../../resource-type.ts";
import {
  type FoundFunction,
  findFunction,
  isArn,
  mayInvoke,
  nameForArn,
  nameOf,
} from "../lambda/function-reference.ts";
import { methods } from "../lambda/function-schema.ts";

/** As REST APIs and OpenAPI name functions: with the path of the call around its ARN. */
const invocation =
  /^arn:[^:]+:apigateway:[^:]+:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/;

/** The function by its ARN, or a sentence that says why there is none. */
export function findCalled(draft: Draft, uri: string): FoundFunction | string {
  const arn = invocation.exec(uri)?.[1] ?? uri;
  if (/^https?:/.test(arn)) return `calls of '${arn}' over HTTP are not implemented; functions are`;
  return isArn(arn) ? findFunction(draft, arn) : nameForArn(arn);
}

/** The same where it is named by the path of its call alone. */
export function findInvoked(draft: Draft, uri: string): FoundFunction | string {
  const arn = invocation.exec(uri)?.[1];
  if (arn?.startsWith("arn:")) return findFunction(draft, arn);
  const form =
    "arn:<partition>:apigateway:<region>:lambda:path/2015-03-31/functions/<ARN>/invocations";
  return `'${uri}' is no call of a function, which is '${form}'`;
}

/** A route that calls a function. */
export interface CallingRoute {
  /** Of the API. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly called: FoundFunction;
}

/**
 * Says, once all permissions are known, that AWS would refuse the call, where that is so. What asks
 * is the API with the stage, the method and the route's path behind its id; `$default` has neither.
 * [API Gateway: permissions of HTTP APIs to invoke functions]
 */
export function noteLeave(draft: Draft, identity: Identity, route: CallingRoute): void {
  const { name, method, path, called } = route;
  draft.atEnd(() => {
    const api = draft.apis.find((one) => one.name === name)!;
    const { partition, region, accountId } = identity;
    const arn = `arn:${partition}:execute-api:${region}:${accountId}:${api.apiId}/${api.stage}`;
    const isAsked = (source: string) => mayInvoke(draft, called, service, source);
    const isLet =
      path === "$default"
        ? isAsked(`${arn}/${path}`) || isAsked(`${arn}/${path}/${path}`)
        : (method === "ANY" ? ownMethods : [method]).every((one) =>
            isAsked(`${arn}/${one}${path}`),
          );
    if (isLet) return;
    const key = path === "$default" ? path : `${method} ${path}`;
    draft.note(
      `The route '${key}' of '${name}' could not invoke '${nameOf(called)}' on AWS: ` +
        `no AWS::Lambda::Permission lets ${service} do it.`,
    );
  });
}

const service = "apigateway.amazonaws.com";
/** Those that requests have. */
const ownMethods = methods.filter((method) => method !== "ANY");

/** As a member of a route; none for the function as it is now. */
export function qualifierOf({ qualifier }: FoundFunction): { readonly qualifier?: string } {
  return qualifier === undefined ? {} : { qualifier };
}
