/**
 * Publish by a client that a custom authorizer vouches for: credentials in headers or query.
 *
 * [IoT: Connecting to AWS IoT Core by using custom authentication, HTTPS]
 */

import type { Access } from "../../broker/mod.ts";
import { httpFacts } from "../../identity/mod.ts";
import { type Failure, failure } from "./answers.ts";
import type { PublishCall } from "./operation.ts";

/** Whom the authorizer has let in, and which members of the query were for it alone. */
export interface Authorized {
  readonly principal: string;
  readonly access: Access;
  readonly members: readonly string[];
}

const parameters = ["x-amz-customauthorizer-name", "x-amz-customauthorizer-signature"];

/** Whether the request is for an authorizer: it names one, or brings a token's signature. */
export function asksAuthorizer({ url, headers }: Request): boolean {
  const query = new URL(url).searchParams;
  return parameters.some((name) => headers.has(name) || query.has(name));
}

/**
 * `undefined`: no authorizer is asked for. A request that asks for one so that none can be selected
 * (a name given twice) is refused: nobody has vouched for it.
 */
export async function authorizePublish(
  call: PublishCall,
): Promise<Authorized | Failure | undefined> {
  const { authorizerGate } = call.ports;
  const http = httpFacts(call.request);
  const selection = authorizerGate.selectHttp(http);
  if (!selection) return asksAuthorizer(call.request) ? forbidden : undefined;
  const verdict = await authorizerGate.publish(http, selection, call.client.ip);
  if (verdict.ok) {
    const { principal, access } = verdict;
    const { tokenKeyName = "" } = selection.ok ? selection.authorizer : {};
    return { principal, access, members: [...parameters, tokenKeyName] };
  }
  if (verdict.why === "tries") return failure("ThrottlingException", "Too many failed attempts");
  return forbidden;
}

const forbidden = failure("ForbiddenException", "Forbidden");
