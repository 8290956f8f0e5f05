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

/** Whom the authorizer lets in that the request names, or else the default one. */
export async function authorizePublish(call: PublishCall): Promise<Authorized | Failure> {
  const { authorizerGate } = call.ports;
  const http = httpFacts(call.request);
  const selection = authorizerGate.selectHttp(http);
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
