/** The shape of an operation file: the parsed body in, the body of the answer or a problem out. */

import type { GuestProblem, Identities } from "../../identity/mod.ts";
import type { Client } from "../ports.ts";

export type PoolProblem =
  | GuestProblem
  | "logins"
  | "custom-role"
  /** A sentence about a member of the request. */
  | { readonly kind: "invalid"; readonly message: string };

export type PoolOutcome = { readonly body: object } | { readonly problem: PoolProblem };

export type PoolOperation = (
  identities: Pick<Identities, "guests">,
  input: Readonly<Record<string, unknown>>,
  client: Client,
) => PoolOutcome;

interface TextRules {
  readonly form: RegExp;
  readonly lengthMax: number;
}

/** What is wrong with a member that must be a text, in the service's words. */
export function requiredText(
  member: string,
  value: unknown,
  { form, lengthMax }: TextRules,
): { readonly problem: PoolProblem } | undefined {
  const name = member.charAt(0).toLowerCase() + member.slice(1);
  const at = `at '${name}' failed to satisfy constraint`;
  if (typeof value !== "string") return constraint(`Value null ${at}: Member must not be null`);
  if (value.length > lengthMax) {
    const shown = value.slice(0, lengthMax);
    const demand = `Member must have length less than or equal to ${lengthMax}`;
    return constraint(`Value '${shown}...' ${at}: ${demand}`);
  }
  if (form.test(value)) return undefined;
  const demand = "Member must satisfy regular expression pattern: [\\w-]+:[0-9a-f-]+";
  return constraint(`Value '${value}' ${at}: ${demand}`);
}

function constraint(message: string): { readonly problem: PoolProblem } {
  return { problem: { kind: "invalid", message: `1 validation error detected: ${message}` } };
}

export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
