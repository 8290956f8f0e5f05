/**
 * Functions' own policies, which say who else may use them: what the template's permissions and
 * AddPermission have put there.
 */

import { memberOf } from "../../base/mod.ts";
import type { Functions, PolicyStatement } from "../../functions/mod.ts";
import { arnsOf, type Identities } from "../../identity/mod.ts";
import {
  type CompiledPolicy,
  compilePolicy,
  parsePolicyDocument,
  type ResourcePolicies,
} from "../../policy/mod.ts";
import type { Application } from "../../template/mod.ts";

type Permission = Application["permissions"][number];

export interface FunctionPoliciesOptions {
  readonly permissions: readonly Permission[];
  readonly settings: Pick<Functions["settings"], "entryOf">;
  readonly account: Identities["account"];
}

export class FunctionPolicies {
  readonly #options: FunctionPoliciesOptions;
  readonly #ofTemplate = new Map<string, readonly CompiledPolicy[]>();
  /** By the list that is kept; a change is another list. */
  readonly #ofApi = new WeakMap<readonly PolicyStatement[], readonly CompiledPolicy[]>();

  constructor(options: FunctionPoliciesOptions) {
    this.#options = options;
    const arnOf = arnsOf(options.account);
    for (const [name, permissions] of byFunction(options.permissions)) {
      const arn = arnOf("lambda", `function:${name}`);
      const statements = permissions.map((permission) => statementOf(permission, arn));
      this.#ofTemplate.set(name, compiled("the template's permissions", statements));
    }
  }

  /** The function's policy as it is now, that of its qualifier where one is asked for. */
  of(name: string, qualifier: string | undefined): ResourcePolicies {
    const ofTemplate = this.#ofTemplate.get(qualified(name, qualifier));
    const entry = this.#options.settings.entryOf(name);
    const added = entry && memberOf(entry.policies, qualifier ?? "$LATEST");
    return { policies: [...(ofTemplate ?? []), ...(added ? this.#compile(added) : [])] };
  }

  #compile(statements: readonly PolicyStatement[]): readonly CompiledPolicy[] {
    const known = this.#ofApi.get(statements);
    if (known) return known;
    const policies = compiled("the function's policy", statements);
    this.#ofApi.set(statements, policies);
    return policies;
  }
}

/** As the end of its ARN. */
function qualified(name: string, qualifier: string | undefined): string {
  return qualifier === undefined ? name : `${name}:${qualifier}`;
}

/** By name and qualifier. */
function byFunction(permissions: readonly Permission[]): Map<string, Permission[]> {
  const found = new Map<string, Permission[]>();
  for (const permission of permissions) {
    const name = qualified(permission.functionName, permission.qualifier);
    found.set(name, [...(found.get(name) ?? []), permission]);
  }
  return found;
}

function statementOf(permission: Permission, arn: string): object {
  const { action, principal, sourceArn, sourceAccount, urlAuthType, viaUrl } = permission;
  const equals = {
    ...(sourceAccount !== undefined && { "aws:SourceAccount": sourceAccount }),
    ...(urlAuthType !== undefined && { "lambda:FunctionUrlAuthType": urlAuthType }),
  };
  const conditions = {
    ...(Object.keys(equals).length > 0 && { StringEquals: equals }),
    ...(viaUrl && { Bool: { "lambda:InvokedViaFunctionUrl": "true" } }),
    ...(sourceArn !== undefined && { ArnLike: { "aws:SourceArn": sourceArn } }),
  };
  return {
    Effect: "Allow",
    Principal: principalOf(principal),
    Action: action,
    Resource: arn,
    ...(Object.keys(conditions).length > 0 && { Condition: conditions }),
  };
}

function principalOf(principal: string): unknown {
  if (principal === "*") return "*";
  if (principal.endsWith(".amazonaws.com")) return { Service: principal };
  return { AWS: principal };
}

/** What cannot be read allows nothing; AddPermission does not take it in the first place. */
function compiled(name: string, statements: readonly object[]): CompiledPolicy[] {
  return statements.flatMap((Statement) => {
    const parsed = parsePolicyDocument({ Version: "2012-10-17", Statement }, "resource");
    return parsed.ok ? [compilePolicy(name, parsed.document)] : [];
  });
}
