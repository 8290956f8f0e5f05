/** What a template says about roles and pools of identities. */

import type { PolicyDocument } from "../policy/mod.ts";

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
}

export interface AccountFacts {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
}
