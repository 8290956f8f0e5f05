/** What a template says about roles and pools of identities. */

import type { PolicyDocument } from "../policy/mod.ts";
import type { LoginProvider } from "./logins/provider.ts";
import type { RoleMapping } from "./logins/role-mapping.ts";

export interface RoleDefinition {
  readonly name: string;
  readonly arn: string;
  /** Who may take it; absent for roles that only functions have. */
  readonly trust?: PolicyDocument;
  /** How long whoever takes it may have it. */
  readonly sessionSecondsMax?: number;
  readonly policies: readonly NamedPolicy[];
}

export interface NamedPolicy {
  readonly name: string;
  readonly document: PolicyDocument;
}

/** A pool of identities for people who are not users of the account, such as guests. */
export interface IdentityPoolDefinition {
  /** `region:uuid`. */
  readonly id: string;
  readonly name: string;
  readonly allowsGuests: boolean;
  /** Of the role that guests take. */
  readonly guestRoleArn?: string;
  /** Of the role that those with a login take. */
  readonly memberRoleArn?: string;
  /** Which other roles those take whose tokens say so. */
  readonly roleMappings?: readonly RoleMapping[];
  /** Whose logins count. */
  readonly providers?: readonly LoginProvider[];
  /** Its identities get tokens with which they take roles themselves. */
  readonly allowsClassicFlow?: boolean;
}

export interface AccountFacts {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
}
