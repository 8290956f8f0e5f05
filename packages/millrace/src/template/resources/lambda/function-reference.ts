/** How other resources name a function: by name or ARN, behind it an alias of the template. */

import type { Draft, Identity } from "../../resource-type.ts";
import { functionArn, functionTypes } from "./function-members.ts";

export interface FoundFunction {
  readonly identity: Identity;
  /** Absent: the function as it is now. */
  readonly qualifier?: string;
}

const reference = /^(arn:[^:]+:lambda:[^:]*:[^:]*:function:[^:]+|[^:]+)(?::([^:]+))?$/;
const latest = "$LATEST";

/** The function, or a sentence that says what of it is not there. */
export function findFunction(draft: Draft, value: string): FoundFunction | string {
  const [, base, qualifier] = reference.exec(value) ?? [];
  const identity =
    base === undefined ? undefined : draft.find(Object.values(functionTypes), base, ["Arn"]);
  if (!identity) return `there is no function '${value}' in this template`;
  if (qualifier === undefined || qualifier === latest) return { identity };
  if (qualifier === aliasOf(identity)) return { identity, qualifier };
  return `the function '${identity.name}' has no alias '${qualifier}' in this template`;
}

/** What `AutoPublishAlias` says. */
export function aliasOf({ scope }: Identity): string | undefined {
  return scope;
}

/** What the function's events lead to: its alias, where it has one. */
export function calledArn(identity: Identity): string {
  const alias = aliasOf(identity);
  return alias === undefined ? functionArn(identity) : `${functionArn(identity)}:${alias}`;
}

/** The same, as a member of what is built. */
export function calledQualifier(identity: Identity): { readonly qualifier?: string } {
  const qualifier = aliasOf(identity);
  return qualifier === undefined ? {} : { qualifier };
}

export function nameOf({ identity, qualifier }: FoundFunction): string {
  return qualifier === undefined ? identity.name : `${identity.name}:${qualifier}`;
}

/** Whether a permission of the template, built before, lets the service invoke it. */
export function mayInvoke(draft: Draft, { identity, qualifier }: FoundFunction, service: string) {
  return draft.permissions.some(
    (permission) =>
      permission.functionName === identity.name &&
      permission.qualifier === qualifier &&
      permission.principal === service,
  );
}
