import { describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { exportSPKI, importJWK } from "jose";
import { ec, issuer, makeKey, openLogins, provider, rsa } from "./provider-fixture.ts";

type House = ReturnType<typeof openLogins>;

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

async function kindOf({ tokens }: House, token: string) {
  const result = await tokens.verify(token, provider);
  return result.ok ? "taken" : result.problem.kind;
}

describe("a token", () => {
  test.each([rsa, ec])("of the provider is taken: $alg", async (key) => {
    const house = openLogins();
    const result = await house.tokens.verify(await house.token({ role: "x" }, key), provider);
    if (!result.ok) throw new Error(result.problem.reason);
    const { subject, audience, claims } = result.login;
    expect({ subject, audience, role: claims.role }).toEqual({
      subject: "ann",
      audience: "shop",
      role: "x",
    });
    expect(house.fetched).toEqual([
      `${issuer}/.well-known/openid-configuration`,
      "https://login.test/keys",
    ]);
  });

  test("for several audiences is taken for the one that is ours, or the one that asked", async () => {
    const house = openLogins();
    const audienceOf = async (more: object) => {
      const result = await house.tokens.verify(await house.token(more), provider);
      return result.ok ? result.login.audience : result.problem.kind;
    };
    expect(await audienceOf({ aud: ["other", "app"] })).toBe("app");
    expect(await audienceOf({ aud: ["shop", "app"], azp: "app" })).toBe("app");
    expect(await audienceOf({ aud: ["shop", "other"], azp: "other" })).toBe("invalid");
  });

  test.each([
    ["from another issuer", { iss: "https://login.test/other" }],
    ["without an issuer", { iss: undefined }],
    ["for another client", { aud: "other" }],
    ["for nobody", { aud: undefined }],
    ["without an end", { exp: undefined }],
    ["whose end is no number", { exp: "tomorrow" }],
    ["without a subject", { sub: undefined }],
    ["with an empty subject", { sub: "" }],
    ["with too long a subject", { sub: "x".repeat(256) }],
    ["with a subject that is no text", { sub: 5 }],
  ])("%s is refused", async (_, more) => {
    const house = openLogins();
    expect(await kindOf(house, await house.token(more))).toBe("invalid");
  });

  test("is good from its beginning to its end, a minute more for clocks that differ", async () => {
    const house = openLogins();
    const early = await house.token({ nbf: house.nowSeconds() + 120 });
    const soon = await house.token({ nbf: house.nowSeconds() + 60 });
    const token = await house.token();
    expect(await kindOf(house, early)).toBe("invalid");
    expect(await kindOf(house, soon)).toBe("taken");
    house.clock.advance(659_000);
    expect(await kindOf(house, token)).toBe("taken");
    house.clock.advance(1_000);
    expect(await kindOf(house, token)).toBe("expired");
  });
});

describe("a forged token is refused", () => {
  test("without a signature, or with the public key as a secret", async () => {
    const house = openLogins();
    const body = encode(house.claims());
    const none = `${encode({ alg: "none" })}.${body}.`;
    expect(await kindOf(house, none)).toBe("invalid");
    expect(await kindOf(house, `${encode({ alg: "none", kid: "rsa-1" })}.${body}.AAAA`)).toBe(
      "invalid",
    );
    const pem = await exportSPKI((await importJWK(rsa.publicJwk, "RS256")) as CryptoKey);
    for (const secret of [pem, rsa.publicJwk.n!, ""]) {
      const signed = `${encode({ alg: "HS256", kid: "rsa-1" })}.${body}`;
      const mac = createHmac("sha256", secret).update(signed).digest("base64url");
      expect(await kindOf(house, `${signed}.${mac}`)).toBe("invalid");
    }
  });

  test("with a key that it brings itself, or a secret among the provider's keys", async () => {
    const house = openLogins();
    const own = await makeKey("RS256", "rsa-1");
    expect(await kindOf(house, await house.token({}, own))).toBe("invalid");
    const brought = await house.token({}, own, { jwk: own.publicJwk });
    expect(await kindOf(house, brought)).toBe("invalid");
    const other = openLogins();
    const k = Buffer.from("secret").toString("base64url");
    other.state.keys = [{ kty: "oct", k, kid: "s", alg: "HS256" }];
    const signed = `${encode({ alg: "HS256", kid: "s" })}.${encode(other.claims())}`;
    const mac = createHmac("sha256", "secret").update(signed).digest("base64url");
    expect(await kindOf(other, `${signed}.${mac}`)).toBe("invalid");
  });

  test("with another algorithm than its key's, or one key's id on another's signature", async () => {
    const house = openLogins();
    expect(await kindOf(house, await house.token({}, rsa, { kid: "ec-1" }))).toBe("invalid");
    expect(await kindOf(house, await house.token({}, ec, { kid: "rsa-1" }))).toBe("invalid");
  });

  test("when it demands what nobody understands", async () => {
    const house = openLogins();
    const token = await house.token({});
    const [, body, signature] = token.split(".");
    const header = encode({ alg: "RS256", kid: "rsa-1", crit: ["exp"], exp: 1 });
    expect(await kindOf(house, `${header}.${body}.${signature}`)).toBe("invalid");
  });

  test("whatever is changed of it", async () => {
    const house = openLogins();
    const token = await house.token();
    const place = fc.integer({ min: 0, max: token.length - 1 });
    const letter = fc.constantFrom(..."AQgwXz059-_.=%");
    await fc.assert(
      fc.asyncProperty(place, letter, async (at, other) => {
        const changed = token.slice(0, at) + other + token.slice(at + 1);
        // Of the last letter of a part some bits mean nothing.
        fc.pre(changed !== token && token[at + 1] !== "." && at !== token.length - 1);
        house.clock.advance(60_000);
        return (await kindOf(house, changed)) !== "taken";
      }),
      { numRuns: 300 },
    );
  });

  test("whatever it is, without an exception", async () => {
    const house = openLogins();
    const part = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.jsonValue().map(encode),
      fc
        .record(
          {
            alg: fc.constantFrom("RS256", "ES256", "none", "HS256", "EdDSA", "dir", 5, null),
            kid: fc.constantFrom("rsa-1", "ec-1", "", 5, "__proto__"),
            crit: fc.constantFrom(["b64"], [], "x"),
            b64: fc.boolean(),
          },
          { requiredKeys: [] },
        )
        .map(encode),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), async (parts) => {
        return (await kindOf(house, parts.join("."))) === "invalid";
      }),
      { numRuns: 500 },
    );
    expect(await kindOf(house, "a".repeat(50_001))).toBe("invalid");
  });
});

describe("the keys of a provider", () => {
  test("are fetched once, also for many tokens at a time, and anew after an hour", async () => {
    const house = openLogins();
    const token = await house.token({ exp: house.nowSeconds() + 86_400 });
    await Promise.all(Array.from({ length: 20 }, () => kindOf(house, token)));
    expect(house.fetched).toHaveLength(2);
    house.clock.advance(3_599_000);
    await kindOf(house, token);
    expect(house.fetched).toHaveLength(2);
    house.clock.advance(1_000);
    expect(await kindOf(house, token)).toBe("taken");
    expect(house.fetched).toHaveLength(4);
  });

  test("are fetched anew for one that is not known, but not for every stranger", async () => {
    const house = openLogins();
    await kindOf(house, await house.token());
    const next = await makeKey("RS256", "rsa-2");
    house.state.keys = [next.publicJwk];
    const token = await house.token({}, next);
    expect(await kindOf(house, token)).toBe("invalid");
    house.clock.advance(30_000);
    expect(await kindOf(house, token)).toBe("taken");
    expect(house.fetched).toHaveLength(4);
    for (let count = 0; count < 50; count += 1) {
      expect(await kindOf(house, await house.token({}, next, { kid: `${count}` }))).toBe("invalid");
    }
    expect(house.fetched).toHaveLength(4);
    expect(await kindOf(house, await house.token())).toBe("invalid"); // the first key is gone
  });

  test("hold for a day while the provider is away, and not for ever", async () => {
    const house = openLogins();
    const token = await house.token({ exp: house.nowSeconds() + 200_000 });
    house.state.isDown = true;
    expect(await kindOf(house, token)).toBe("unreachable");
    house.state.isDown = false;
    expect(await kindOf(house, token)).toBe("unreachable"); // not asked again at once
    house.clock.advance(30_000);
    expect(await kindOf(house, token)).toBe("taken");
    house.state.isDown = true;
    house.clock.advance(86_399_000);
    expect(await kindOf(house, token)).toBe("taken");
    house.clock.advance(1_000);
    expect(await kindOf(house, token)).toBe("unreachable");
  });

  test.each([
    ["of another issuer", { issuer: "https://evil.test", jwks_uri: "https://login.test/keys" }],
    ["without an address of keys", { issuer }],
    ["that leads to plain HTTP", { issuer, jwks_uri: "http://login.test/keys" }],
    ["that leads to this machine", { issuer, jwks_uri: "http://127.0.0.1/keys" }],
    ["that leads to a file", { issuer, jwks_uri: "file:///etc/passwd" }],
    ["that is nothing", null],
  ])("are not had from a discovery document %s", async (_, discovery) => {
    const house = openLogins();
    house.state.discovery = discovery;
    expect(await kindOf(house, await house.token())).toBe("unreachable");
    expect(house.fetched).toHaveLength(1);
  });

  test("are not had when there are none, too many or odd ones", async () => {
    for (const keys of [{}, Array(101).fill(rsa.publicJwk)]) {
      const house = openLogins();
      house.state.keys = keys as unknown[];
      expect(await kindOf(house, await house.token())).toBe("unreachable");
    }
    const odd = openLogins();
    odd.state.keys = [
      null,
      5,
      { kty: "RSA" },
      { kty: "RSA", kid: "rsa-1", alg: "RS256", n: "AQAB" },
    ];
    expect(await kindOf(odd, await odd.token())).toBe("invalid");
  });
});
