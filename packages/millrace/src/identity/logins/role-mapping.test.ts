import { describe, expect, test } from "bun:test";
import { mapRole, type RoleMapping, type RoleRule } from "./role-mapping.ts";

const provider = "login.test";
const own = { ok: true, roleArn: undefined } as const;

describe("a mapping by rules", () => {
  const rule = (match: RoleRule["match"], value: string, claim = "team"): RoleRule => {
    return { claim, match, value, roleArn: `${match}:${value}` };
  };
  const roleOf = (claims: Record<string, unknown>, ...rules: RoleRule[]) =>
    mapRole({ provider, rules, deniesUndecided: false }, claims, undefined);

  test.each([
    ["Equals", "red", { team: "red" }, true],
    ["Equals", "red", { team: "redder" }, false],
    ["Contains", "ed", { team: "red" }, true],
    ["StartsWith", "re", { team: "red" }, true],
    ["StartsWith", "ed", { team: "red" }, false],
    ["NotEqual", "blue", { team: "red" }, true],
    ["NotEqual", "red", { team: "red" }, false],
    ["NotEqual", "red", {}, false],
    ["NotEqual", "red", { team: { red: 1 } }, false],
    ["Equals", "red", { team: ["blue", "red"] }, true],
    ["NotEqual", "red", { team: ["blue", "red"] }, false],
    ["Equals", "true", { team: true }, true],
  ] as const)("%s %p of %p: %p", (match, value, claims, isTaken) => {
    const roleArn = isTaken ? `${match}:${value}` : undefined;
    expect(roleOf(claims, rule(match, value))).toEqual({ ok: true, roleArn });
  });

  test("takes the first that matches, and reads no inherited claim", () => {
    const rules = [rule("Equals", "x"), rule("StartsWith", "r"), rule("Contains", "e")];
    expect(roleOf({ team: "red" }, ...rules)).toEqual({ ok: true, roleArn: "StartsWith:r" });
    expect(roleOf({}, rule("Contains", "", "constructor"))).toEqual(own);
  });
});

describe("a mapping by the token", () => {
  const mapping: RoleMapping = { provider, deniesUndecided: true };
  const roleOf = (claims: Record<string, unknown>, custom?: string) =>
    mapRole(mapping, claims, custom);

  test("takes the preferred role, else the only one, else none", () => {
    expect(roleOf({ "cognito:preferred_role": "a", "cognito:roles": ["a", "b"] })).toEqual({
      ok: true,
      roleArn: "a",
    });
    expect(roleOf({ "cognito:roles": ["b"] })).toEqual({ ok: true, roleArn: "b" });
    for (const claims of [{}, { "cognito:roles": ["a", "b"] }, { "cognito:roles": "a" }]) {
      expect(roleOf(claims)).toEqual({ ok: false, kind: "undecided" });
      expect(mapRole({ ...mapping, deniesUndecided: false }, claims, undefined)).toEqual(own);
    }
  });

  test("lets one choose among the token's roles, and no other", () => {
    const claims = { "cognito:roles": ["a", "b"] };
    expect(roleOf(claims, "b")).toEqual({ ok: true, roleArn: "b" });
    expect(roleOf(claims, "c")).toEqual({ ok: false, kind: "custom-role" });
    expect(mapRole({ ...mapping, rules: [] }, claims, "a")).toMatchObject({ ok: false });
    expect(mapRole(undefined, claims, "a")).toMatchObject({ ok: false });
  });
});

test("without a mapping a member takes the pool's own role", () => {
  expect(mapRole(undefined, { "cognito:preferred_role": "a" }, undefined)).toEqual(own);
});
