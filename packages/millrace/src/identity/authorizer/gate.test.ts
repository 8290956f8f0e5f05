import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { utf8 } from "../../base/mod.ts";
import {
  arns,
  mayAll,
  openGate,
  passwords,
  policyOf,
  signToken,
  tokens,
  tryOf,
  welcome,
} from "./gate-fixture.ts";

const byPassword = "ann?x-amz-customauthorizer-name=Passwords";

function byToken(token: string, signature: string): string {
  const query = new URLSearchParams({
    "x-amz-customauthorizer-name": "Tokens",
    token,
    "x-amz-customauthorizer-signature": signature,
  });
  return `?${query.toString().replaceAll("+", "%20")}`;
}

const settled = () => Bun.sleep(0);

describe("a client with user name and password", () => {
  test("is let in by the function, which gets the event as AWS IoT has it", async () => {
    const { gate, events, calls } = await openGate();
    const verdict = await gate.connect(
      tryOf({ username: byPassword, password: utf8("pass"), tls: { serverName: "iot.test" } }),
    );
    expect(verdict).toMatchObject({
      allowed: true,
      principal: "ann",
      life: { seconds: 86_400, reason: "CUSTOMAUTH_TTL_EXPIRATION" },
    });
    const { connectionMetadata, ...event } = events[0]!;
    expect(event).toEqual({
      signatureVerified: false,
      protocols: ["tls", "mqtt"],
      protocolData: {
        tls: { serverName: "iot.test" },
        mqtt: { username: byPassword, password: "cGFzcw==", clientId: "ann-1" },
      },
    });
    expect(connectionMetadata).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(calls[0]).toMatchObject({ authorizerArn: `${arns}:authorizer/Passwords` });
  });

  /** "Included in the event only when the device sends the value." */
  test("that sends no client id is asked about without the one that it gets", async () => {
    const { gate, events } = await openGate();
    await gate.connect(tryOf({ username: byPassword, isAssignedId: true }));
    expect(events[0]?.protocolData).toEqual({ mqtt: { username: byPassword } });
  });

  test("over a WebSocket is asked about with the request that opened it", async () => {
    const { gate, events } = await openGate();
    const http = { headers: { cookie: "a=b" }, queryString: "?from=page" };
    await gate.connect(tryOf({ username: byPassword, password: utf8("pass") }), http);
    expect(events[0]).toMatchObject({
      protocols: ["http", "mqtt"],
      protocolData: { http, mqtt: { username: byPassword, password: "cGFzcw==" } },
    });
  });

  test("may do what the documents say, with the client id's variable", async () => {
    const { gate, state, denials } = await openGate();
    const own = `${arns}:topic/\${iot:ClientId}/*`;
    state.answer = welcome({
      policyDocuments: [
        policyOf({ Effect: "Allow", Action: "iot:Connect", Resource: "*" }),
        JSON.stringify(policyOf({ Effect: "Allow", Action: "iot:Publish", Resource: own })),
      ],
    });
    const verdict = await gate.connect(tryOf({ username: byPassword }));
    if (!verdict.allowed) throw new Error("refused");
    expect(verdict.access.mayPublish("ann-1/a", false)).toBe(true);
    expect(verdict.access.mayPublish("ben-1/a", false)).toBe(false);
    expect(verdict.access.mayReceive("ann-1/a")).toBe(false);
    expect(denials.list().denials.map(({ action }) => action)).toEqual([
      "iot:Receive",
      "iot:Publish",
    ]);
  });

  /** "ArnEquals": {"iot:LastWillTopic": "arn:aws:iot:..."} [IoT: connect policy examples] */
  test("is asked about its will's topic as an ARN", async () => {
    const { gate, state } = await openGate();
    const connect = { Effect: "Allow", Action: "iot:Connect", Resource: "*" };
    const onArn = (topic: string) => ({
      ArnEquals: { "iot:LastWillTopic": `${arns}:topic/${topic}` },
    });
    const enter = async (statements: object[], willTopic?: string) => {
      state.answer = welcome({ policyDocuments: [policyOf(...statements)] });
      return (await gate.connect(tryOf({ username: byPassword, willTopic }))).allowed;
    };
    const only = [{ ...connect, Condition: onArn(`gone/\${iot:ClientId}`) }];
    expect(await enter(only, "gone/ann-1")).toBe(true);
    expect(await enter(only, "gone/ben-1")).toBe(false);
    expect(await enter(only)).toBe(false);
    const but = [connect, { ...connect, Effect: "Deny", Condition: onArn("secret/*") }];
    expect(await enter(but, "secret/a")).toBe(false);
    expect(await enter(but, "open/a")).toBe(true);
    expect(await enter(but)).toBe(true);
  });

  test("is not let in where iot:Connect is not allowed", async () => {
    const { gate, state } = await openGate();
    const onlyPublish = policyOf({ Effect: "Allow", Action: "iot:Publish", Resource: "*" });
    state.answer = welcome({ policyDocuments: [onlyPublish] });
    const verdict = await gate.connect(tryOf({ username: byPassword }));
    expect(verdict).toEqual({ allowed: false, principal: "ann", why: "notAuthorized" });
  });

  test("is refused with the reason in denials, the client id and the authorizer named", async () => {
    const { gate, state, denials } = await openGate();
    state.answer = { isAuthenticated: false };
    const verdict = await gate.connect(tryOf({ username: byPassword, password: utf8("wrong") }));
    expect(verdict).toEqual({ allowed: false, why: "credentials" });
    expect(denials.list().denials[0]).toMatchObject({
      action: "iot:Connect",
      clientId: "ann-1",
      resource: `${arns}:authorizer/Passwords`,
      reason: "the client has not proved who it is: 'isAuthenticated' is false",
    });
  });
});

describe("a function that gives no answer", () => {
  test.each([
    ["throws", () => Promise.reject(new Error("down")), "down"],
    ["says nothing that can be read", () => utf8("{"), "no JSON object"],
    ["says more than is taken", () => utf8(`"${"x".repeat(65_536)}"`), "at most 65536"],
    ["has no principal", () => welcome({ principalId: "a-b" }), "'principalId'"],
    ["has too many documents", () => welcome({ policyDocuments: Array(11).fill(mayAll) }), "11"],
    ["has no documents", () => ({ isAuthenticated: true, principalId: "a" }), "no list"],
    [
      "has a document that is too long",
      () => welcome({ policyDocuments: [JSON.stringify(mayAll) + " ".repeat(2_000)] }),
      "at most 2048",
    ],
    ["has a broken document", () => welcome({ policyDocuments: ["{}"] }), "no policy"],
    [
      "asks for a key that no request has",
      () =>
        welcome({
          policyDocuments: [
            mayAll,
            policyOf({
              Effect: "Deny",
              Action: "iot:*",
              Resource: "*",
              Condition: { StringEquals: { "aws:PrincipalTag/team": "none" } },
            }),
          ],
        }),
      "'policyDocuments[1]': the condition key 'aws:PrincipalTag/team' is not implemented",
    ],
    ["ends too soon", () => welcome({ disconnectAfterInSeconds: 299 }), "300 to 86400"],
    ["refreshes too late", () => welcome({ refreshAfterInSeconds: 86_401 }), "300 to 86400"],
    ["says yes in words", () => ({ ...welcome(), isAuthenticated: "true" }), "no boolean"],
  ] as const)("because it %s lets nobody in", async (_, answer, reason) => {
    const { gate, state, denials } = await openGate();
    state.answer = answer;
    const verdict = await gate.connect(tryOf({ username: byPassword }));
    expect(verdict).toEqual({ allowed: false, why: "notAuthorized" });
    expect(denials.list().denials[0]?.reason).toContain(reason);
  });

  test("in time lets nobody in, and is not waited for longer", async () => {
    const { gate, state, clock, denials } = await openGate();
    state.answer = () => new Promise(() => {});
    const verdict = gate.connect(tryOf({ username: byPassword }));
    await settled();
    clock.advance(5_000);
    expect(await verdict).toEqual({ allowed: false, why: "notAuthorized" });
    expect(denials.list().denials[0]?.reason).toContain("not answered within 5000 ms");
  });
});

describe("a token", () => {
  test("that is signed is handed to the function as verified", async () => {
    const { gate, events } = await openGate();
    const username = byToken("a b+c", signToken("a b+c"));
    expect(await gate.connect(tryOf({ username }))).toMatchObject({ allowed: true });
    expect(events[0]).toMatchObject({ token: "a b+c", signatureVerified: true });
  });

  test.each([
    ["of another token", byToken("a", signToken("b"))],
    ["that is none", byToken("a", "AAAA")],
    ["that is empty", byToken("a", "")],
    ["for an empty token", byToken("", signToken(""))],
    ["beside a second token", `${byToken("a", signToken("a"))}&token=b`],
    ["that is too long", byToken("a", "A".repeat(2_561))],
  ])("with a signature %s asks no function", async (_, username) => {
    const { gate, events, denials } = await openGate();
    expect(await gate.connect(tryOf({ username }))).toEqual({ allowed: false, why: "credentials" });
    expect(events).toEqual([]);
    expect(denials.list().denials).toHaveLength(1);
  });
});

describe("which authorizer is asked", () => {
  test("is the one that is named, else the default one, else none", async () => {
    const { gate, authorizers, denials } = await openGate();
    const plain = tryOf({ username: "ann", password: utf8("p") });
    expect(gate.concerns(plain, true)).toBe(true);
    expect(await gate.connect(plain)).toEqual({ allowed: false, why: "credentials" });
    expect(denials.list().denials[0]?.reason).toContain("there is no default one");
    await authorizers.setDefault("Passwords");
    expect(await gate.connect(plain)).toMatchObject({ allowed: true });
    const unknown = tryOf({ username: "?x-amz-customauthorizer-name=Nobody" });
    expect(await gate.connect(unknown)).toEqual({ allowed: false, why: "credentials" });
    await authorizers.update("Passwords", {
      status: "INACTIVE",
      tokenSigningPublicKeys: undefined,
    });
    expect(await gate.connect(plain)).toEqual({ allowed: false, why: "credentials" });
  });

  test("is nobody's business for a client without credentials, where that gets in", async () => {
    const { gate, authorizers } = await openGate();
    const sdk = tryOf({ username: "?SDK=JavaScript&Version=1" });
    for (const client of [tryOf(), sdk]) {
      expect(gate.concerns(client, true)).toBe(false);
      expect(gate.concerns(client, false)).toBe(false);
    }
    await authorizers.setDefault("Passwords");
    for (const client of [tryOf(), sdk]) {
      expect(gate.concerns(client, true)).toBe(false);
      expect(gate.concerns(client, false)).toBe(true);
    }
  });

  /** "This will be used if a websocket connection is made without specifying an authorizer." */
  test("is the default one for whoever brings its token and no name", async () => {
    const { gate, authorizers, events } = await openGate();
    const signature = `x-amz-customauthorizer-signature=${encodeURIComponent(signToken("t"))}`;
    const http = { headers: { token: "t" }, queryString: "?qos=1" };
    const inConnect = tryOf({ username: "?SDK=Java&token=t" });
    expect(gate.concernsHttp(http, true)).toBe(false);
    expect(gate.concerns(inConnect, true)).toBe(false);
    await authorizers.setDefault("Tokens");
    expect(gate.concernsHttp(http, true)).toBe(true);
    expect(gate.concernsHttp({ headers: {}, queryString: "?token=t" }, true)).toBe(true);
    expect(gate.concernsHttp({ headers: {}, queryString: "?other=t" }, true)).toBe(false);
    expect(gate.concernsHttp({ headers: {}, queryString: "?other=t" }, false)).toBe(true);
    expect(gate.concerns(inConnect, true)).toBe(true);
    expect(await gate.connect(inConnect)).toEqual({ allowed: false, why: "credentials" });
    expect(await gate.connectOver(http, tryOf())).toMatchObject({ allowed: false });
    expect(events).toHaveLength(0);
    const signed = { ...http, queryString: `?${signature}` };
    expect(await gate.connectOver(signed, tryOf())).toMatchObject({ allowed: true });
    expect(events).toMatchObject([{ token: "t", signatureVerified: true }]);
  });

  test("is none for a name or a signature that is there more than once", async () => {
    const { gate, authorizers, events, denials } = await openGate();
    await authorizers.setDefault("Passwords");
    for (const name of ["x-amz-customauthorizer-name", "x-amz-customauthorizer-signature"]) {
      const twice = `${name}=Passwords&${name}=Passwords`;
      const http = { headers: {}, queryString: `?${twice}` };
      expect(gate.concernsHttp(http, true)).toBe(true);
      expect(await gate.connectOver(http, tryOf())).toMatchObject({ allowed: false });
      const inConnect = tryOf({ username: `?${twice}`, password: utf8("p") });
      expect(gate.concerns({ ...inConnect, password: undefined }, true)).toBe(true);
      expect(await gate.connect(inConnect)).toEqual({ allowed: false, why: "credentials" });
      expect(denials.list().denials[0]?.reason).toContain(`"${name}" is there more than once`);
    }
    expect(events).toHaveLength(0);
  });

  test("is nobody's business for passwords where there are no authorizers", async () => {
    const { gate } = await openGate([]);
    expect(gate.concerns(tryOf({ username: "ann", password: utf8("p") }), true)).toBe(false);
    expect(gate.concerns(tryOf({ username: byPassword }), true)).toBe(true);
  });
});

describe("a connection whose authorizer is asked again", () => {
  async function connected(refreshAfterInSeconds = 300) {
    const house = await openGate();
    house.state.answer = welcome({ refreshAfterInSeconds });
    const verdict = await house.gate.connect(tryOf({ username: byPassword }));
    if (!verdict.allowed || !verdict.watch) throw new Error("refused");
    const ended: string[] = [];
    const stop = verdict.watch((reason) => ended.push(reason));
    return { ...house, access: verdict.access, ended, stop };
  }

  test("has the new policies from then on", async () => {
    const { access, state, clock, events, ended } = await connected();
    expect(access.mayPublish("a", false)).toBe(true);
    const less = policyOf({ Effect: "Allow", Action: "iot:Publish", Resource: `${arns}:topic/b` });
    state.answer = welcome({ policyDocuments: [less], refreshAfterInSeconds: 600 });
    clock.advance(299_000);
    expect(events).toHaveLength(1);
    clock.advance(1_000);
    await settled();
    expect(events).toHaveLength(2);
    expect(events[1]).toEqual(events[0]!);
    expect([access.mayPublish("a", false), access.mayPublish("b", false)]).toEqual([false, true]);
    clock.advance(599_000);
    expect(events).toHaveLength(2);
    clock.advance(1_000);
    expect(events).toHaveLength(3);
    expect(ended).toEqual([]);
  });

  test.each([
    ["no", { isAuthenticated: false }],
    ["nothing that can be taken", {}],
    ["somebody else", welcome({ principalId: "ben" })],
  ])("ends when it says %s", async (_, answer) => {
    const { state, clock, ended, attempts } = await connected();
    state.answer = answer;
    clock.advance(300_000);
    await settled();
    expect(ended).toEqual(["AUTH_ERROR"]);
    expect(attempts.wait("198.51.100.7")).toBeUndefined();
  });

  test("ends when the authorizer is not active any more", async () => {
    const { authorizers, clock, ended } = await connected();
    await authorizers.update("Passwords", {
      status: "INACTIVE",
      tokenSigningPublicKeys: undefined,
    });
    clock.advance(300_000);
    await settled();
    expect(ended).toEqual(["AUTH_ERROR"]);
  });

  test("asks nobody once it has ended", async () => {
    const { stop, clock, events, ended } = await connected();
    stop();
    clock.advance(900_000);
    await settled();
    expect(events).toHaveLength(1);
    expect(ended).toEqual([]);
  });
});

describe("a publish over HTTP", () => {
  const http = {
    headers: { "x-amz-customauthorizer-name": "Passwords", "x-api-key": "k" },
    queryString: "?qos=1",
  };

  test("is asked about with headers and query, and may do what the documents say", async () => {
    const { gate, events, state } = await openGate();
    const less = policyOf({ Effect: "Allow", Action: "iot:Publish", Resource: `${arns}:topic/b` });
    state.answer = welcome({ policyDocuments: [less] });
    const verdict = await gate.publish(http, gate.selectHttp(http), "198.51.100.7");
    if (!verdict.ok) throw new Error("refused");
    expect(verdict.access.mayPublish("b", false)).toBe(true);
    expect(verdict.access.mayPublish("a", false)).toBe(false);
    expect(events[0]).toMatchObject({ protocols: ["http"], protocolData: { http } });
    expect(gate.concernsHttp({ headers: {}, queryString: "?qos=1" }, true)).toBe(false);
  });

  test("is answered from memory for as long as the function says, where that is wanted", async () => {
    const { gate, events, state, clock } = await openGate([
      { ...passwords, enableCachingForHttp: true },
    ]);
    state.answer = welcome({ refreshAfterInSeconds: 300 });
    const ask = (facts = http, ip = "198.51.100.7") =>
      gate.publish(facts, gate.selectHttp(facts), ip);
    await ask();
    expect(await ask()).toMatchObject({ ok: true, principal: "ann" });
    expect(events).toHaveLength(1);
    await ask({ ...http, headers: { ...http.headers, "x-api-key": "other" } });
    await ask(http, "198.51.100.8");
    expect(events).toHaveLength(3);
    clock.advance(300_000);
    await ask();
    expect(events).toHaveLength(4);
  });
});

describe("whoever guesses", () => {
  test("is slowed after ten failures, and who knows the password gets in all the same", async () => {
    const { gate, state, clock, events } = await openGate();
    const isRight = (event: { protocolData?: { mqtt?: { password?: string } } }) =>
      event.protocolData?.mqtt?.password === "cGFzcw==" ? welcome() : { isAuthenticated: false };
    state.answer = isRight;
    const guess = () => gate.connect(tryOf({ username: byPassword, password: utf8("x") }));
    for (let count = 0; count < 11; count += 1) await guess();
    expect(events).toHaveLength(11);
    const right = gate.connect(tryOf({ username: byPassword, password: utf8("pass") }));
    const waiting = Array.from({ length: 40 }, guess);
    await settled();
    expect(events).toHaveLength(11);
    const elsewhere = tryOf({ username: byPassword, remoteAddress: "198.51.100.8" });
    await gate.connect(elsewhere);
    expect(events).toHaveLength(12);
    clock.advance(2_000);
    expect(await right).toMatchObject({ allowed: true });
    const whys = (await Promise.all(waiting)).map((one) => (one.allowed ? "" : one.why));
    expect(whys.filter((why) => why === "tries")).toHaveLength(9);
    expect(whys.filter((why) => why === "credentials")).toHaveLength(31);
  });
});

test("no user name, query or answer, however odd, throws or lets somebody in", async () => {
  const { gate, state } = await openGate([tokens]);
  let addresses = 0;
  const part = fc.oneof(
    fc.constantFrom("x-amz-customauthorizer-name=Tokens", "token=a", "?", "&", "=", "%", "%zz"),
    fc.constantFrom("x-amz-customauthorizer-signature=", "X-AMZ-CUSTOMAUTHORIZER-NAME=Tokens"),
    fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
  );
  const username = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(""));
  await fc.assert(
    fc.asyncProperty(username, fc.jsonValue(), async (text, answer) => {
      state.answer = answer;
      const verdict = await openTry(text);
      expect(verdict.allowed).toBe(false);
    }),
    { numRuns: 300 },
  );
  async function openTry(text: string) {
    // From an address of its own, so that nothing waits.
    addresses += 1;
    gate.selectHttp({ headers: {}, queryString: text });
    return gate.connect(tryOf({ username: text, remoteAddress: `10.0.0.${addresses}` }));
  }
});

test("no answer of a function, however odd, lets somebody in who has no policy", async () => {
  const { gate, state } = await openGate();
  let addresses = 0;
  const member = fc.oneof(fc.jsonValue(), fc.constantFrom(true, 300, "ann", [mayAll], [[]]));
  const answer = fc.record(
    {
      isAuthenticated: member,
      principalId: member,
      policyDocuments: fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue(), { maxLength: 12 })),
      disconnectAfterInSeconds: member,
      refreshAfterInSeconds: member,
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(answer, async (given) => {
      state.answer = given;
      addresses += 1;
      const remoteAddress = `10.0.0.${addresses}`;
      const verdict = await gate.connect(tryOf({ username: byPassword, remoteAddress }));
      expect(verdict.allowed).toBe(false);
    }),
    { numRuns: 500 },
  );
});
