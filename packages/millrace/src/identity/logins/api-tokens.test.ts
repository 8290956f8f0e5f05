import { expect, test } from "bun:test";
import { type Logger, silentLogger } from "../../base/mod.ts";
import { ApiTokens } from "./api-tokens.ts";
import type { FetchJson } from "./key-sets.ts";
import { ec, issuer, makeKey, openLogins, rsa } from "./provider-fixture.ts";

function open() {
  const house = openLogins();
  const warned: unknown[] = [];
  const logger: Logger = { ...silentLogger, warn: (...said) => void warned.push(said) };
  const hanging = { is: false };
  const fetchJson: FetchJson = async (...asked) =>
    hanging.is ? new Promise(() => {}) : house.fetchJson(...asked);
  const tokens = new ApiTokens({ fetchJson, logger, clock: house.clock });
  const verify = async (token: string) => {
    const result = await tokens.verify(token, { issuer, audiences: ["shop"] });
    return result.ok ? "taken" : result.problem;
  };
  return { ...house, verify, warned, hanging };
}

test("RSA alone signs tokens for APIs, in both its ways", async () => {
  const house = open();
  const pss = await makeKey("PS256", "pss");
  house.state.keys.push(pss.publicJwk);
  expect(await house.verify(await house.token())).toBe("taken");
  expect(await house.verify(await house.token({}, pss))).toBe("taken");
  expect(await house.verify(await house.token({}, ec))).toBe("invalid");
});

test("a token need not say whom it stands for", async () => {
  const house = open();
  expect(await house.verify(await house.token({ sub: undefined }))).toBe("taken");
});

test("a token ends at its second, and begins at it", async () => {
  const house = open();
  const now = house.nowSeconds();
  expect(await house.verify(await house.token({ exp: now + 1 }))).toBe("taken");
  expect(await house.verify(await house.token({ exp: now }))).toBe("expired");
  expect(await house.verify(await house.token({ iat: now, nbf: now }))).toBe("taken");
  expect(await house.verify(await house.token({ iat: now + 1 }))).toBe("invalid");
  expect(await house.verify(await house.token({ nbf: now + 1 }))).toBe("invalid");
});

test("keys are had anew after a change, and hold for two hours while the issuer is away", async () => {
  const house = open();
  const exp = house.nowSeconds() + 86_400;
  expect(await house.verify(await house.token({ exp }))).toBe("taken");
  const next = await makeKey("RS256", "rsa-2");
  house.state.keys = [rsa.publicJwk, next.publicJwk];
  house.clock.advance(30_000);
  const token = await house.token({ exp }, next);
  expect(await house.verify(token)).toBe("taken");
  house.state.isDown = true;
  house.clock.advance(7_199_999);
  expect(await house.verify(token)).toBe("taken");
  house.clock.advance(1);
  expect(await house.verify(token)).toBe("discovery");
  expect(house.warned).not.toEqual([]);
});

test("no request waits for an issuer that hangs, while its keys hold", async () => {
  const house = open();
  const token = await house.token({ exp: house.nowSeconds() + 86_400 });
  expect(await house.verify(token)).toBe("taken");
  house.clock.advance(3_600_000);
  house.hanging.is = true;
  expect(await house.verify(token)).toBe("taken");
  house.clock.advance(30_000);
  expect(await house.verify(token)).toBe("taken");
});

test("what has the wrong form or is too long is not asked about anywhere", async () => {
  const house = open();
  for (const odd of ["", "a.b", "a.b.c.d", "a.b.!", `${"a".repeat(50_000)}.b.c`]) {
    expect(await house.verify(odd)).toBe("malformed");
  }
  for (const odd of ["a.b.c", `${Buffer.from("[]").toString("base64url")}.b.c`]) {
    expect(await house.verify(odd)).toBe("invalid");
  }
  expect(house.fetched).toEqual([]);
});
