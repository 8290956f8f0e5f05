import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { httpFacts, presentedInConnect, presentedInHttp } from "./credentials.ts";

const nameKey = "x-amz-customauthorizer-name";
const signatureKey = "x-amz-customauthorizer-signature";

/** Any text, as clients spell it in a query: what must be is encoded, and what else they like. */
const spelled = fc
  .tuple(fc.string({ unit: "grapheme", maxLength: 20 }), fc.boolean())
  .map(([text, encodesAll]) => {
    const encoded = encodesAll
      ? [...new TextEncoder().encode(text)]
          .map((byte) => `%${byte.toString(16).padStart(2, "0")}`)
          .join("")
      : encodeURIComponent(text);
    return { text, encoded };
  });

const others = fc.array(fc.tuple(fc.constantFrom("qos", "X-Amz-Date", "a b", "token2"), spelled), {
  maxLength: 4,
});

/** A query with these three among others, in any order. */
const query = fc
  .tuple(spelled, spelled, spelled, others)
  .chain(([name, signature, token, more]) => {
    const parts = [
      `${nameKey}=${name.encoded}`,
      `${signatureKey}=${signature.encoded}`,
      `token=${token.encoded}`,
      ...more.map(([key, value]) => `${encodeURIComponent(key)}=${value.encoded}`),
    ];
    const all = { minLength: parts.length, maxLength: parts.length };
    const order = fc.shuffledSubarray(parts, all);
    return order.map((ordered) => ({ text: ordered.join("&"), name, signature, token }));
  });

describe("credentials for an authorizer", () => {
  test("are the same in headers, query and user name, in any order and spelling", () => {
    fc.assert(
      fc.property(query, ({ text, name, signature, token }) => {
        const expected = [name.text, signature.text, token.text];
        const seen = [
          presentedInHttp({ headers: {}, queryString: `?${text}` }),
          presentedInConnect(`ann?${text}`),
          presentedInConnect(`?${text}`, new Uint8Array(1)),
        ];
        for (const one of seen) {
          expect([one.authorizerName, one.signature, one.value("token")]).toEqual(expected);
          expect(one.isThere).toBe(true);
        }
      }),
    );
  });

  test("that stand twice are not taken at all", () => {
    fc.assert(
      fc.property(query, fc.constantFrom(nameKey, signatureKey, "token"), ({ text }, key) => {
        const twice = `${text}&${key}=x&${key.replace("t", "%74")}=y`;
        for (const one of [
          presentedInHttp({ headers: {}, queryString: `?${twice}` }),
          presentedInConnect(`ann?${twice}`),
        ]) {
          expect(one.value(key)).toBeUndefined();
          expect([one.isThere, one.has(key)]).toEqual([true, true]);
          expect(one.doubled).toBe(key === "token" ? undefined : key);
        }
      }),
    );
  });

  test("in a header count before those in the query; names of headers have no case", () => {
    const request = new Request("http://a.test/mqtt?token=query&x-amz-customauthorizer-name=Q", {
      headers: { "X-Amz-CustomAuthorizer-Name": "H", Token: "header" },
    });
    const presented = presentedInHttp(httpFacts(request));
    expect(presented.authorizerName).toBe("H");
    expect([presented.value("token"), presented.value("TOKEN")]).toEqual(["header", "header"]);
    expect(
      presentedInHttp({ headers: {}, queryString: "?TOKEN=x" }).value("token"),
    ).toBeUndefined();
  });

  test("are read from any bytes without an exception, and inherited names are none", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
        (text) => {
          presentedInConnect(text).value("token");
          presentedInHttp({ headers: {}, queryString: text }).value("token");
        },
      ),
      { numRuns: 300 },
    );
    for (const name of ["__proto__", "constructor", "toString"]) {
      expect(presentedInHttp({ headers: {}, queryString: "?a=b" }).value(name)).toBeUndefined();
    }
  });

  test("are not there in words about the client itself", () => {
    expect(presentedInConnect("?SDK=Java&Version=2").isThere).toBe(false);
    expect(presentedInConnect(undefined).isThere).toBe(false);
    expect(presentedInConnect("").isThere).toBe(false);
    expect(presentedInConnect("ann?SDK=Java").isThere).toBe(true);
    expect(presentedInConnect(undefined, new Uint8Array(0)).isThere).toBe(true);
  });
});
