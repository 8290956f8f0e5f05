/** `AuthorizationType` and `AuthorizerId` of a route or a method. */

import type { AuthorizerDefinition } from "../../../../gateway/mod.ts";
import type { Draft, Resource } from "../../../resource-type.ts";
import { findAuthorizer } from "./authorizers.ts";

interface Given {
  readonly AuthorizationType?: string | undefined;
  readonly AuthorizerId?: string | undefined;
}

interface AuthorizationContext {
  readonly kind: "http" | "rest";
  readonly apiId: string;
  readonly draft: Draft;
  readonly report: Resource["report"];
}

/** As a member of the route; none where everybody is let in, or where a problem is reported. */
export function readAuthorization(
  { AuthorizationType: type = "NONE", AuthorizerId: id }: Given,
  { kind, apiId, draft, report }: AuthorizationContext,
): { readonly authorizer?: AuthorizerDefinition } {
  if (type === "NONE") {
    if (id !== undefined) {
      const message = "an authorizer is asked with 'AuthorizationType: CUSTOM' alone";
      report(["Properties", "AuthorizerId"], message);
    }
    return {};
  }
  if (type !== "CUSTOM") {
    const what = kind === "http" ? "routes" : "methods";
    const message = `${what} with AuthorizationType ${type} are not implemented; CUSTOM is`;
    report(["Properties", "AuthorizationType"], message);
    return {};
  }
  if (id === undefined) {
    report(["Properties"], "'AuthorizationType: CUSTOM' needs an 'AuthorizerId'");
    return {};
  }
  const authorizer = findAuthorizer(draft, apiId, id);
  if (typeof authorizer === "object") return { authorizer };
  // One that could not be built has problems of its own.
  const isBuilt = [...draft.apiAuthorizers.values()].some(({ known }) => known.has(id));
  const isDeclared = draft.find(authorizerTypes, id) !== undefined;
  if (isBuilt || !isDeclared) report(["Properties", "AuthorizerId"], authorizer);
  return {};
}

const authorizerTypes = ["AWS::ApiGatewayV2::Authorizer", "AWS::ApiGateway::Authorizer"];
