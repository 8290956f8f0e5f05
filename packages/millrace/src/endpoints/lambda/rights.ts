/**
 * What each operation of Lambda needs leave for. [Service Authorization Reference: Lambda]
 *
 * A function is named with its qualifier where the request has one; what its own policy grants
 * counts as well. Who gives it a role needs `iam:PassRole` for that.
 */

import type { AccountFacts, Need, ResourcePolicies } from "../../identity/mod.ts";
import { passRole } from "../iot/rights.ts";
import { arnOf, textOf } from "../rights.ts";

export interface Asked {
  /** As the API calls it, e.g. `Invoke`. */
  readonly operation: string;
  /** Of the function; empty where the path names none. */
  readonly name: string;
  readonly qualifier?: string | undefined;
  readonly body?: Readonly<Record<string, unknown>>;
}

export interface RightsHouse {
  readonly account: AccountFacts;
  /** What the function's own policy says. */
  readonly policyOf: (name: string, qualifier: string | undefined) => ResourcePolicies;
}

/** Actions that are called otherwise than their operation. */
const actions: Readonly<Record<string, string>> = {
  Invoke: "InvokeFunction",
  InvokeWithResponseStream: "InvokeFunction",
};

/** About no function in particular. */
const unnamed: ReadonlySet<string> = new Set(["GetAccountSettings", "ListFunctions"]);

/** What the caller of the operation must be allowed to. */
export function needsOf(asked: Asked, { account, policyOf }: RightsHouse): readonly Need[] {
  const { operation, name, qualifier, body = {} } = asked;
  const action = `lambda:${actions[operation] ?? operation}`;
  if (unnamed.has(operation)) return [{ action, resource: "*" }];
  const named = name || textOf(body.FunctionName);
  const suffix = qualifier === undefined ? "" : `:${qualifier}`;
  const resource = arnOf(account, "lambda", `function:${named}${suffix}`);
  const role = textOf(body.Role);
  return [
    { action, resource, granted: policyOf(named, qualifier) },
    ...(role ? [passRole(role, "lambda.amazonaws.com")] : []),
  ];
}
