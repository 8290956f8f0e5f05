/** The shape of an operation file: the parsed body in, the body of the answer or a problem out. */

import type { GuestProblem, Identities, Logins, MemberProblem } from "../../identity/mod.ts";
import type { Client } from "../ports.ts";

export type PoolProblem =
  | GuestProblem
  | MemberProblem
  /** A sentence about a member of the request. */
  | { readonly kind: "invalid"; readonly message: string };

export type PoolOutcome = { readonly body: object } | { readonly problem: PoolProblem };

export type PoolOperation = (
  identities: Pick<Identities, "guests" | "members">,
  input: Readonly<Record<string, unknown>>,
  client: Client,
) => Promise<PoolOutcome>;

/** Whether nobody vouches for the identity. */
export function isGuest(logins: Logins): boolean {
  return Object.keys(logins).length === 0;
}

const loginsMax = 10;
const tokenCharactersMax = 50_000;

/** The tokens in `Logins`, or what is wrong with it; none when it is absent. */
export function readLogins(
  logins: unknown,
): { readonly logins: Logins } | { readonly problem: PoolProblem } {
  if (logins === undefined || logins === null) return { logins: {} };
  if (!isJsonObject(logins)) return constraint("Value at 'logins' must be a map");
  const entries = Object.entries(logins);
  const isMap = entries.every(
    ([name, token]) =>
      name.length <= 128 && typeof token === "string" && token.length <= tokenCharactersMax,
  );
  if (isMap && entries.length <= loginsMax) return { logins: logins as Logins };
  return constraint(
    "Value at 'logins' failed to satisfy constraint: Map must have at most 10 entries, each of " +
      "length less than or equal to 50000",
  );
}

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
