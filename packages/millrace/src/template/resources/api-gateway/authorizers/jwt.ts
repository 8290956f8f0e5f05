/** What tokens of an issuer are wanted, as SAM and plain CloudFormation say it. */

import type { JwtAuthorizerDefinition } from "../../../../gateway/mod.ts";
import { issuerProblem } from "../../../../identity/mod.ts";
import { list, text } from "../../../schema.ts";
import { readSource } from "./authorizers.ts";

/** Each as RFC 6749 has it (3.3). */
export const scopes = list(
  text({
    pattern: /^[!#-[\]-~]+$/,
    form: "a scope: characters of ASCII but spaces, quotes and '\\'",
  }),
);

interface Given {
  readonly issuer: string | undefined;
  readonly audiences: readonly string[] | undefined;
  readonly source: string;
}

interface Telling {
  readonly name: string;
  /** What is wrong, and with which of them. */
  readonly tell: (member: keyof Given, message: string) => void;
}

/** `undefined` where a problem is told. */
export function readJwt(
  { issuer, audiences, source: expression }: Given,
  { name, tell }: Telling,
): JwtAuthorizerDefinition | undefined {
  const read = readSource(expression, "http");
  const source = typeof read === "object" && isTaken(read.from) ? read : undefined;
  if (!source) tell("source", typeof read === "string" ? read : wrongPlace);
  const problem = issuer === undefined ? "the issuer is missing" : issuerProblem(issuer);
  if (problem !== undefined) tell("issuer", problem);
  const isForSome = audiences !== undefined && audiences.length > 0;
  if (!isForSome) tell("audiences", "the audience is missing: tokens are for one of a list");
  if (!source || issuer === undefined || problem !== undefined || !isForSome) return undefined;
  return { name, issuer, audiences, source };
}

function isTaken(from: string): boolean {
  return from === "header" || from === "query";
}

const wrongPlace =
  "a token is in one header or query: '$request.header.<name>' or '$request.querystring.<name>'";
