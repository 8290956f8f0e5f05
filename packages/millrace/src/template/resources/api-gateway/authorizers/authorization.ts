/** `AuthorizationType` and `AuthorizerId` of a route or a method. */

import type { RouteDefinition } from "../../../../gateway/mod.ts";
import type { Draft, Resource } from "../../../resource-type.ts";
import { asMember, findAuthorizer } from "./authorizers.ts";

interface Given {
  readonly AuthorizationType?: string | undefined;
  readonly AuthorizerId?: string | undefined;
  readonly AuthorizationScopes?: readonly string[] | undefined;
}

interface AuthorizationContext {
  readonly kind: "http" | "rest";
  readonly apiId: string;
  readonly draft: Draft;
  readonly report: Resource["report"];
}

type Member = Pick<RouteDefinition, "authorizer" | "jwt">;

/** As a member of the route; none where everybody is let in, or where a problem is reported. */
export function readAuthorization(
  { AuthorizationType: type = "NONE", AuthorizerId: id, AuthorizationScopes: scopes }: Given,
  { kind, apiId, draft, report }: AuthorizationContext,
): Member {
  const at = (member: string, message: string): Member => {
    report(["Properties", member], message);
    return {};
  };
  const built = kind === "http" ? ["CUSTOM", "JWT"] : ["CUSTOM"];
  if (scopes && type !== "JWT") at("AuthorizationScopes", "scopes are for 'JWT' alone");
  if (type === "NONE") {
    if (id === undefined) return {};
    const types = built.join(" or ");
    return at("AuthorizerId", `an authorizer is asked with 'AuthorizationType: ${types}' alone`);
  }
  if (!built.includes(type)) {
    const what = kind === "http" ? "routes" : "methods";
    const those = built.length > 1 ? `${built.join(" and ")} are` : "CUSTOM is";
    const message = `${what} with AuthorizationType ${type} are not implemented; ${those}`;
    return at("AuthorizationType", message);
  }
  if (id === undefined) {
    report(["Properties"], `'AuthorizationType: ${type}' needs an 'AuthorizerId'`);
    return {};
  }
  const found = findAuthorizer(draft, apiId, id);
  if (typeof found === "object") {
    const member = asMember(found, scopes);
    const its = member.jwt ? "JWT" : "CUSTOM";
    if (its === type) return member;
    return at("AuthorizationType", `the authorizer is for '${its}', not for '${type}'`);
  }
  // One that could not be built has problems of its own.
  const isBuilt = [...draft.apiAuthorizers.values()].some(({ known }) => known.has(id));
  const isDeclared = draft.find(authorizerTypes, id) !== undefined;
  return isBuilt || !isDeclared ? at("AuthorizerId", found) : {};
}

const authorizerTypes = ["AWS::ApiGatewayV2::Authorizer", "AWS::ApiGateway::Authorizer"];
