/** How other resources name a function: by name or ARN, behind it an alias of the template. */

import { parseArn } from "../../../aws/mod.ts";
import type { Draft, Identity, Parts } from "../../resource-type.ts";
import { functionArn, functionTypes } from "./function-members.ts";

export interface FoundFunction {
  readonly identity: Identity;
  /** Absent: the function as it is now. */
  readonly qualifier?: string;
}

export const aliasType = "AWS::Lambda::Alias";

const reference = /^(arn:[^:]+:lambda:[^:]*:[^:]*:function:[^:]+|[^:]+)(?::([^:]+))?$/;
export const latest = "$LATEST";

/** The function, or a sentence that says what of it is not there. */
export function findFunction(draft: Draft, value: string): FoundFunction | string {
  const [, base, qualifier] = reference.exec(value) ?? [];
  const identity =
    base === undefined ? undefined : draft.find(Object.values(functionTypes), base, ["Arn"]);
  if (!identity) return `there is no function '${value}' in this template`;
  if (qualifier === undefined || qualifier === latest) return { identity };
  if (hasAlias(draft, identity, qualifier)) return { identity, qualifier };
  return `the function '${identity.name}' has no alias '${qualifier}' in this template`;
}

/** For the places where AWS takes a function's ARN, and not its name. */
export function isArn(value: string): boolean {
  return value.startsWith("arn:");
}

/** What is wrong with a value that is none. */
export function nameForArn(value: string): string {
  return `'${value}' is no ARN, which is needed here: give it with !GetAtt Function.Arn`;
}

/** As `findFunction`, where an alias of it makes no sense. */
export function findBareFunction(draft: Draft, value: string): Identity | string {
  const found = findFunction(draft, value);
  if (typeof found === "string") return found;
  return found.qualifier === undefined
    ? found.identity
    : `the function itself is needed here, not its alias '${found.qualifier}'`;
}

/** Whether SAM makes such an alias of the function, or the template writes one out. */
export function hasAlias(draft: Draft, { name }: Identity, alias: string): boolean {
  const isThis = (one: Identity) => one.scope === alias && targetName(one) === name;
  return draft.findWhere([aliasType], isThis) !== undefined;
}

/** Of a resource that is named after its function, whose name or ARN it was given. */
export function targetName({ name }: Pick<Identity, "name">): string {
  return parseArn(name)?.resource.replace(/^function:/, "") ?? name;
}

/** Where what is written out beside a function is kept; `undefined`: it could not be built. */
export function writtenOf({ functions }: Draft, name: string): Written | undefined {
  const definition = functions.find((one) => one.name === name);
  if (definition) definition.written ??= { versions: [], aliases: [], asyncSettings: {} };
  return definition?.written;
}

type Written = NonNullable<Parts["functions"][number]["written"]>;

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

/**
 * Whether a permission of the template, built before, lets the service invoke it; with `source`,
 * where that is what asks.
 */
export function mayInvoke(
  draft: Draft,
  { identity, qualifier }: FoundFunction,
  service: string,
  source?: string,
): boolean {
  return draft.permissions.some(
    (permission) =>
      permission.functionName === identity.name &&
      permission.qualifier === qualifier &&
      !permission.viaUrl &&
      invoking.includes(permission.action) &&
      permission.principal === service &&
      (permission.sourceAccount ?? identity.accountId) === identity.accountId &&
      (source === undefined || isLike(permission.sourceArn ?? source, source)),
  );
}

const invoking: readonly string[] = ["lambda:InvokeFunction", "lambda:*"];

/** As the operator `ArnLike`: wildcards match within each of an ARN's six parts. */
function isLike(pattern: string, arn: string): boolean {
  const parts = /^([^:]*):([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/s;
  const [wanted, found] = [parts.exec(pattern)?.slice(1), parts.exec(arn)?.slice(1)];
  return (wanted ?? []).length > 0 && wanted!.every((one, at) => isGlob(one, found?.[at] ?? ""));
}

function isGlob(pattern: string, text: string): boolean {
  const plain = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${plain.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s").test(text);
}
