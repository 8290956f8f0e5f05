/**
 * What the operations of Application Auto Scaling have in common: the members of their requests,
 * read with the service's words, and what is refused.
 *
 * Of all services that could be scaled there is DynamoDB alone; others are refused by name.
 */

import {
  resourceParts,
  type ScalableDimension,
  type ScalableTargetName,
  type Scaling,
  scalableDimensions,
} from "../../tables/mod.ts";
import type { Call } from "../ports.ts";

export const namespace = "dynamodb";

export type Input = Readonly<Record<string, unknown>>;

export interface ScalingContext {
  readonly scaling: Scaling;
  readonly account: Call["ports"]["account"];
}

export type ScalingOperation = (context: ScalingContext, input: Input) => object | Promise<object>;

/** Thrown by an operation; becomes its answer. */
export class ScalingRefusal extends Error {
  override name = "ScalingRefusal";
  readonly code: "ValidationException" | "ObjectNotFoundException";

  constructor(code: ScalingRefusal["code"], message: string) {
    super(message);
    this.code = code;
  }
}

export function refuseInvalid(message: string): never {
  throw new ScalingRefusal("ValidationException", message);
}

/** The members that are not known are refused by name; `null` counts as absent. */
export function checkMembers(input: Input, known: readonly string[], where = ""): void {
  for (const name of Object.keys(input)) {
    if (known.includes(name) || input[name] === null) continue;
    refuseInvalid(`The member "${where}${name}" is not implemented`);
  }
}

/** A text; `undefined` when it is absent. */
export function readText(input: Input, name: string): string | undefined {
  const value = input[name] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  return refuseInvalid(`"${name}" must be a string`);
}

export function readRequired(input: Input, name: string): string {
  return readText(input, name) ?? refuseMissing(name);
}

function refuseMissing(name: string): never {
  const member = `${name[0]!.toLowerCase()}${name.slice(1)}`;
  const rule = "failed to satisfy constraint: Member must not be null";
  return refuseInvalid(`1 validation error detected: Value null at '${member}' ${rule}`);
}

/** A whole number that is not negative; `undefined` when it is absent. */
export function readCount(input: Input, name: string): number | undefined {
  const value = input[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  return refuseInvalid(`"${name}" must be a whole number that is not negative`);
}

export function readBoolean(input: Input, name: string): boolean | undefined {
  const value = input[name] ?? undefined;
  if (value === undefined || typeof value === "boolean") return value;
  return refuseInvalid(`"${name}" must be true or false`);
}

export function readObject(input: Input, name: string): Input | undefined {
  const value = input[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === "object" && !Array.isArray(value)) return value as Input;
  return refuseInvalid(`"${name}" must be an object`);
}

/** Refuses every service but the one that is here. */
export function checkNamespace(input: Input): void {
  const given = readRequired(input, "ServiceNamespace");
  if (given !== namespace) refuseInvalid(`Scaling of the service "${given}" is not implemented`);
}

export function readDimension(input: Input): ScalableDimension | undefined {
  const given = readText(input, "ScalableDimension");
  if (given === undefined) return undefined;
  const found = scalableDimensions.find((one) => one === given);
  const known = scalableDimensions.join(", ");
  return found ?? refuseInvalid(`The scalable dimension "${given}" is none of ${known}`);
}

/** Which target a request is about. */
export function readTargetName(input: Input): ScalableTargetName {
  checkNamespace(input);
  const resourceId = readRequired(input, "ResourceId");
  const dimension = readDimension(input) ?? refuseMissing("ScalableDimension");
  if (!resourceParts({ resourceId, dimension })) {
    refuseInvalid("Unsupported service namespace, resource type or scalable dimension");
  }
  return { resourceId, dimension };
}

/** The service's words when there is no such target. */
export function refuseNoTarget({ resourceId, dimension }: ScalableTargetName): never {
  throw new ScalingRefusal(
    "ObjectNotFoundException",
    `No scalable target registered for service namespace: ${namespace}, ` +
      `resource ID: ${resourceId}, scalable dimension: ${dimension}`,
  );
}

/** A page of a list: `NextToken` is where the next one begins. */
export function page<T>(
  all: readonly T[],
  input: Input,
): { readonly items: readonly T[]; readonly rest: { readonly NextToken?: string } } {
  const countMax = readCount(input, "MaxResults") ?? 50;
  if (countMax < 1 || countMax > 50) refuseInvalid("MaxResults must be from 1 to 50");
  const token = readText(input, "NextToken") ?? "0";
  if (!/^\d{1,9}$/.test(token)) refuseInvalid("Invalid pagination token");
  const end = Number(token) + countMax;
  const rest = end < all.length ? { NextToken: String(end) } : {};
  return { items: all.slice(Number(token), end), rest };
}
