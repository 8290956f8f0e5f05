/**
 * Who makes a request, and whether a `Principal` or `NotPrincipal` element is about them.
 *
 * It matters *how* `Principal` names someone. [IAM: Principal element; evaluation logic] A user or
 * a session by its own ARN, and everyone by `*`, are given the permission directly; a role, within
 * what boundary and session policy leave; an account as a whole is only allowed to hand the
 * permission on in its own policies.
 */

import type { Principals } from "../document.ts";

export type Principal =
  | {
      readonly kind: "user";
      readonly account: string;
      readonly arn: string;
      readonly canonicalId?: string;
    }
  | {
      readonly kind: "session";
      readonly account: string;
      readonly arn: string;
      readonly roleArn: string;
    }
  /** The account's owner. */
  | { readonly kind: "root"; readonly account: string; readonly canonicalId?: string }
  /** e.g. `iot.amazonaws.com`. */
  | { readonly kind: "service"; readonly name: string }
  /** Someone with a token of an identity provider, before any role is taken. */
  | { readonly kind: "federated"; readonly provider: string }
  | { readonly kind: "anonymous" };

/** From the strongest to the weakest. */
export const grants = ["directly", "within limits", "to the account"] as const;
export type Grant = (typeof grants)[number];

/** How the element, not negated, names them; `undefined` when it does not. */
export function grantTo({ byKind }: Principals, principal: Principal): Grant | undefined {
  let best: Grant | undefined;
  const offer = (grant: Grant): void => {
    if (best === undefined || grants.indexOf(grant) < grants.indexOf(best)) best = grant;
  };
  for (const name of byKind.AWS ?? []) {
    const grant = grantByAwsName(name, principal);
    if (grant) offer(grant);
  }
  if (principal.kind === "service" && byKind.Service?.includes(principal.name)) offer("directly");
  if (principal.kind === "federated" && byKind.Federated?.includes(principal.provider)) {
    offer("directly");
  }
  const canonicalId = "canonicalId" in principal ? principal.canonicalId : undefined;
  if (canonicalId !== undefined && byKind.CanonicalUser?.includes(canonicalId)) {
    offer("to the account");
  }
  return best;
}

function grantByAwsName(name: string, principal: Principal): Grant | undefined {
  if (name === "*") return "directly";
  if (!("account" in principal)) return undefined;
  if (accountOf(name) === principal.account) {
    return principal.kind === "root" ? "directly" : "to the account";
  }
  if ("arn" in principal && name === principal.arn) return "directly";
  return principal.kind === "session" && name === principal.roleArn ? "within limits" : undefined;
}

/**
 * Whether a statement with this element is about them.
 *
 * `NotPrincipal` excepts those whom it names by their own ARN or their role's; their account beside
 * it may have to be there on AWS, and alone excepts nobody but its owner. It never excepts a user
 * or role that has a permissions boundary. [IAM: NotPrincipal element; permissions boundaries]
 */
export function isAbout(
  principals: Principals,
  principal: Principal,
  { hasBoundary }: { readonly hasBoundary: boolean },
): boolean {
  const grant = grantTo(principals, principal);
  if (!principals.not) return grant !== undefined;
  if (hasBoundary && (principal.kind === "user" || principal.kind === "session")) return true;
  return grant === undefined || grant === "to the account";
}

export const anonymous: Principal = { kind: "anonymous" };

/** The account that `111122223333` and `arn:aws:iam::111122223333:root` name. */
function accountOf(name: string): string | undefined {
  return /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(name)?.[1];
}
