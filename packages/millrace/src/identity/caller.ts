/** Who is behind a request that has been authenticated, and what may be asked about it. */

import { createHash } from "node:crypto";
import { assert } from "../base/mod.ts";
import {
  type ContextKeys,
  compilePolicy,
  type PolicySet,
  type Principal,
  parsePolicyDocument,
  SharedDecisions,
} from "../policy/mod.ts";
import type { AccountFacts } from "./definitions.ts";
import { idLetters } from "./encodings.ts";
import type { Role, SessionLimits } from "./roles.ts";
import type { SessionGrant } from "./sessions/session-credentials.ts";

export interface Caller {
  readonly accessKeyId: string;
  readonly arn: string;
  /** With a session token, which gets no further one for the asking. */
  readonly isTemporary: boolean;
  /** `AROA...:session`, or the account's number for its owner. */
  readonly userId: string;
  /** As rules and events name it: the identity in a pool, else `userId`. */
  readonly name: string;
  readonly principal: Principal;
  readonly policies: PolicySet;
  readonly decisions: SharedDecisions;
  /** Condition keys that stay as they are, whatever is asked for. */
  readonly keys: ContextKeys;
}

/** What policies are asked with. */
export type Asker = Pick<Caller, "arn" | "name" | "principal" | "policies" | "decisions" | "keys">;

const identityKey = "cognito-identity.amazonaws.com:sub";

/** The account's owner, who may do everything. */
export class Root {
  readonly #account: AccountFacts;
  readonly #policies: PolicySet;
  readonly #decisions: SharedDecisions;

  constructor(account: AccountFacts) {
    this.#account = account;
    const statement = { Effect: "Allow", Action: "*", Resource: "*" };
    const document = { Version: "2012-10-17", Statement: statement };
    const parsed = parsePolicyDocument(document, "identity");
    assert(parsed.ok, "the owner's policy is right");
    this.#policies = { identity: [compilePolicy("the account's owner", parsed.document)] };
    this.#decisions = new SharedDecisions(this.#policies);
  }

  call(accessKeyId: string, keys: ContextKeys, isTemporary: boolean): Caller {
    const { partition, accountId } = this.#account;
    const arn = `arn:${partition}:iam::${accountId}:root`;
    return {
      accessKeyId,
      isTemporary,
      arn,
      userId: accountId,
      name: accountId,
      principal: { kind: "root", account: accountId },
      policies: this.#policies,
      decisions: this.#decisions,
      keys: {
        "aws:PrincipalArn": arn,
        "aws:PrincipalAccount": accountId,
        "aws:PrincipalType": "Account",
        "aws:userid": accountId,
        ...keys,
      },
    };
  }
}

/** Someone who has taken a role. */
export function callAs(
  role: Role,
  account: AccountFacts,
  session: {
    readonly accessKeyId: string;
    readonly grant: SessionGrant;
    readonly keys: ContextKeys;
    readonly limits?: SessionLimits;
  },
): Caller {
  const { partition, accountId } = account;
  const { grant, accessKeyId, limits = {} } = session;
  const arn = `arn:${partition}:sts::${accountId}:assumed-role/${role.name}/${grant.sessionName}`;
  const userId = `${roleId(role.arn)}:${grant.sessionName}`;
  const identityId = grant.keys[identityKey];
  return {
    accessKeyId,
    isTemporary: true,
    arn,
    userId,
    name: typeof identityId === "string" ? identityId : userId,
    principal: { kind: "session", account: accountId, arn, roleArn: role.arn },
    ...role.within(limits),
    keys: {
      ...grant.keys,
      "aws:PrincipalArn": role.arn,
      "aws:PrincipalAccount": accountId,
      "aws:PrincipalType": "AssumedRole",
      "aws:userid": userId,
      ...session.keys,
    },
  };
}

/** The identity of a member of a pool; `undefined` for guests and for all others. */
export function memberOfPool(keys: ContextKeys): string | undefined {
  const identityId = keys[identityKey];
  const methods = [keys["cognito-identity.amazonaws.com:amr"] ?? []].flat();
  const isMember = methods.includes("authenticated");
  return isMember && typeof identityId === "string" ? identityId : undefined;
}

/** The same for a role of the same ARN, always. */
export function roleId(roleArn: string): string {
  return `AROA${idLetters(createHash("sha256").update(roleArn).digest().subarray(0, 17))}`;
}
