import { expect, test } from "bun:test";
import { keyProblems, parsePolicyDocument } from "./mod.ts";

function problemsWith(key: string): string[] {
  const statement = { Effect: "Allow", Action: "*", Resource: "*" };
  const Statement = { ...statement, Condition: { StringEquals: { [key]: "a" } } };
  const parsed = parsePolicyDocument({ Version: "2012-10-17", Statement });
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
  return keyProblems(parsed.document).map(({ message }) => message);
}

test.each([
  "cognito-identity.amazonaws.com:amr",
  "login.test/realms/x:aud",
  "login.test:8443/realms/x:sub",
  "keycloak/realms/x:sub",
  "keycloak:8443:sub",
  "localhost:aud",
  "localhost:8080:aud",
  "localhost:8080/realms/x:sub",
  "127.0.0.1:8080:sub",
  "[::1]:8080:aud",
])("what the token of a provider says may be asked for, wherever it is: %s", (key) => {
  expect(problemsWith(key)).toEqual([]);
});

test.each([
  "saml:aud",
  "saml:sub",
  "aws:sub",
  "aws:PrincipalTag/x",
  "login.test:email",
  "login.test:amr",
])("what no request has may not: %s", (key) => {
  expect(problemsWith(key)).toEqual([`the condition key '${key}' is not implemented`]);
});
