import { afterAll, beforeAll, expect, test } from "bun:test";
import { generateKeyPairSync, sign } from "node:crypto";
import {
  ClearDefaultAuthorizerCommand,
  CreateAuthorizerCommand,
  type CreateAuthorizerCommandInput,
  DeleteAuthorizerCommand,
  DescribeAuthorizerCommand,
  DescribeDefaultAuthorizerCommand,
  IoTClient,
  ListAuthorizersCommand,
  SetDefaultAuthorizerCommand,
  TestInvokeAuthorizerCommand,
  UpdateAuthorizerCommand,
} from "@aws-sdk/client-iot";
import { textOf, utf8 } from "../../base/mod.ts";
import { Authorizers } from "../../identity/mod.ts";
import { clientOptions, openDoor } from "../door-fixture.ts";

type Door = Awaited<ReturnType<typeof openDoor>>;
let door: Door;
let client: IoTClient;

beforeAll(async () => {
  door = await openDoor();
  client = new IoTClient(clientOptions(door.url));
});
afterAll(() => door.close());

const authorizerFunctionArn = "arn:aws:lambda:eu-central-1:000000000000:function:decide";
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const publicPem = publicKey.export({ type: "spki", format: "pem" }) as string;
const arnOf = (name: string) => `arn:aws:iot:eu-central-1:000000000000:authorizer/${name}`;

function create(authorizerName: string, more: Partial<CreateAuthorizerCommandInput> = {}) {
  const input = { authorizerName, authorizerFunctionArn, signingDisabled: true, ...more };
  return client.send(new CreateAuthorizerCommand(input));
}

async function problemOf(asked: Promise<unknown>): Promise<Error> {
  return asked.then(
    () => new Error("was answered"),
    (error: Error) => error,
  );
}

const mayAll = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
};

test("an authorizer is made, told, changed and taken away", async () => {
  const authorizerName = "Shop_1";
  const made = await create(authorizerName, {
    signingDisabled: false,
    tokenKeyName: "token",
    tokenSigningPublicKeys: { first: publicPem },
    enableCachingForHttp: true,
  });
  expect(made).toMatchObject({ authorizerName, authorizerArn: arnOf(authorizerName) });
  const ask = new DescribeAuthorizerCommand({ authorizerName });
  const { authorizerDescription: told } = await client.send(ask);
  expect(told).toEqual({
    authorizerName,
    authorizerArn: arnOf(authorizerName),
    authorizerFunctionArn,
    tokenKeyName: "token",
    tokenSigningPublicKeys: { first: publicPem },
    status: "ACTIVE",
    signingDisabled: false,
    enableCachingForHttp: true,
    creationDate: new Date(door.clock.now()),
    lastModifiedDate: new Date(door.clock.now()),
  });
  door.clock.advance(1_000);
  await client.send(new UpdateAuthorizerCommand({ authorizerName, status: "INACTIVE" }));
  const { authorizerDescription: changed } = await client.send(ask);
  expect(changed).toEqual({
    ...told!,
    status: "INACTIVE",
    lastModifiedDate: new Date(door.clock.now()),
  });
  await client.send(new DeleteAuthorizerCommand({ authorizerName }));
  expect((await problemOf(client.send(ask))).name).toBe("ResourceNotFoundException");
});

test("one in use is not taken away", async () => {
  const authorizerName = "Used";
  await create(authorizerName);
  const remove = () => problemOf(client.send(new DeleteAuthorizerCommand({ authorizerName })));
  expect(await remove()).toMatchObject({
    name: "DeleteConflictException",
    message: 'the authorizer "Used" is active: make it INACTIVE first',
  });
  await client.send(new SetDefaultAuthorizerCommand({ authorizerName }));
  await client.send(new UpdateAuthorizerCommand({ authorizerName, status: "INACTIVE" }));
  expect((await remove()).message).toBe('the authorizer "Used" is the default one');
  await client.send(new ClearDefaultAuthorizerCommand({}));
  expect((await remove()).message).toBe("was answered");
});

test("one is the default, until it is cleared", async () => {
  await Promise.all([create("One"), create("Two")]);
  const set = (authorizerName: string) =>
    client.send(new SetDefaultAuthorizerCommand({ authorizerName }));
  const ask = () => client.send(new DescribeDefaultAuthorizerCommand({}));
  expect((await problemOf(ask())).name).toBe("ResourceNotFoundException");
  expect((await problemOf(set("Nobody"))).name).toBe("ResourceNotFoundException");
  expect(await set("One")).toMatchObject({ authorizerArn: arnOf("One") });
  expect((await problemOf(set("Two"))).name).toBe("ResourceAlreadyExistsException");
  expect((await ask()).authorizerDescription?.authorizerName).toBe("One");
  const clear = () => client.send(new ClearDefaultAuthorizerCommand({}));
  await clear();
  expect((await problemOf(clear())).name).toBe("ResourceNotFoundException");
});

test("they are listed by name, a page at a time, in both orders", async () => {
  await create("Three", { status: "INACTIVE" });
  const pages = async (ascendingOrder: boolean, pageSize: number) => {
    const names: string[][] = [];
    let marker: string | undefined;
    do {
      const ask = new ListAuthorizersCommand({ pageSize, marker, ascendingOrder });
      const { authorizers, nextMarker } = await client.send(ask);
      names.push(authorizers!.map((one) => one.authorizerName!));
      marker = nextMarker;
    } while (marker !== undefined);
    return names;
  };
  expect(await pages(true, 2)).toEqual([["One", "Three"], ["Two"]]);
  expect(await pages(false, 2)).toEqual([["Two", "Three"], ["One"]]);
  const inactive = await client.send(new ListAuthorizersCommand({ status: "INACTIVE" }));
  expect(inactive.authorizers).toEqual([
    { authorizerName: "Three", authorizerArn: arnOf("Three") },
  ]);
});

test.each([
  [{ signingDisabled: false }, "their key name is missing"],
  [{ signingDisabled: false, tokenKeyName: "t" }, "no public key to check them with"],
  [
    { signingDisabled: false, tokenKeyName: "t", tokenSigningPublicKeys: { a: "-----BEGIN" } },
    'the public key "a" is no public key in PEM form',
  ],
  [{ authorizerFunctionArn: "arn:aws:s3:::x" }, "is no function's ARN"],
  [{ authorizerFunctionArn: authorizerFunctionArn.replace("eu-", "us-") }, "account and region"],
  [{ authorizerFunctionArn: authorizerFunctionArn.replace(":0", ":1") }, "account and region"],
  [
    { authorizerFunctionArn: authorizerFunctionArn.replace("function:", "layer:") },
    "is no function's ARN",
  ],
  [{ tags: [{ Key: "a" }] }, '"tags" of CreateAuthorizer is not implemented'],
])("what cannot be an authorizer is refused by name: %p", async (more, text) => {
  const problem = await problemOf(create("Broken", more));
  expect(problem.name).toBe("InvalidRequestException");
  expect(problem.message).toContain(text);
});

test("a key that is too short, or of another kind, or private, is refused", async () => {
  const short = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const curve = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const cases = [
    [short.publicKey.export({ type: "spki", format: "pem" }), "has 1024 bits, at least 2048"],
    [curve.publicKey.export({ type: "spki", format: "pem" }), "is no RSA key"],
    [privateKey.export({ type: "pkcs8", format: "pem" }), "is no public key in PEM form"],
  ] as const;
  for (const [pem, text] of cases) {
    const signed = { signingDisabled: false, tokenKeyName: "t" };
    const keys = { tokenSigningPublicKeys: { a: pem as string } };
    expect((await problemOf(create("Broken", { ...signed, ...keys }))).message).toContain(text);
  }
});

test("they are there after a restart, changed by hand or not", async () => {
  const { records, clock } = door;
  const definition = {
    name: "Template",
    functionArn: authorizerFunctionArn,
    signingDisabled: true,
    status: "ACTIVE",
    enableCachingForHttp: false,
  } as const;
  const start = async (definitions: (typeof definition)[]) => {
    const authorizers = new Authorizers({ definitions, records, clock });
    await authorizers.start();
    return authorizers;
  };
  const first = await start([definition]);
  expect(first.list().map(({ name }) => name)).toEqual(["One", "Template", "Three", "Two"]);
  await first.setDefault("Two");
  await first.update("Template", { status: "INACTIVE", tokenSigningPublicKeys: undefined });
  const second = await start([definition]);
  expect([second.get("Template")?.status, second.default?.name]).toEqual(["INACTIVE", "Two"]);
  await second.delete("Template");
  expect((await start([definition])).get("Template")).toBeUndefined();
  const caching = { ...definition, enableCachingForHttp: true } as unknown as typeof definition;
  expect((await start([caching])).get("Template")?.enableCachingForHttp).toBe(true);
  const last = await start([]);
  expect(last.list().map(({ name }) => name)).toEqual(["One", "Three", "Two"]);
  await last.setDefault(undefined);
});

test("TestInvokeAuthorizer asks the function, and tells what it answered", async () => {
  await create("Tested", {
    signingDisabled: false,
    tokenKeyName: "token",
    tokenSigningPublicKeys: { first: publicPem },
    status: "INACTIVE",
  });
  const events: object[] = [];
  let answer: object = { isAuthenticated: true, principalId: "ann", policyDocuments: [mayAll] };
  door.state.authorize = async ({ payload }) => {
    events.push(JSON.parse(textOf(payload)));
    return { ok: true, payload: utf8(JSON.stringify(answer)) };
  };
  const tokenSignature = sign("RSA-SHA256", utf8("t"), privateKey).toString("base64");
  const ask = (more: object = {}) =>
    client.send(
      new TestInvokeAuthorizerCommand({
        authorizerName: "Tested",
        token: "t",
        tokenSignature,
        mqttContext: { username: "ann", password: utf8("pass"), clientId: "c" },
        ...more,
      }),
    );
  expect(await ask()).toMatchObject({
    isAuthenticated: true,
    principalId: "ann",
    policyDocuments: [JSON.stringify(mayAll)],
    disconnectAfterInSeconds: 86_400,
  });
  expect(events[0]).toMatchObject({
    token: "t",
    signatureVerified: true,
    protocols: ["mqtt"],
    protocolData: { mqtt: { username: "ann", password: "cGFzcw==", clientId: "c" } },
  });
  expect((await ask({ tokenSignature: "AAAA" })).isAuthenticated).toBe(false);
  answer = { isAuthenticated: false };
  expect((await ask()).isAuthenticated).toBe(false);
  expect(events).toHaveLength(2);
  answer = {};
  const problem = await problemOf(ask());
  expect(problem.name).toBe("InvalidResponseException");
  expect(problem.message).toBe("'isAuthenticated' is no boolean");
});

test("a device publishes over HTTP, at both doors, when the authorizer lets it", async () => {
  await create("Devices", { tokenKeyName: "token" });
  const publishOn = "arn:aws:iot:eu-central-1:000000000000:topic/in/*";
  const statement = { Effect: "Allow", Action: "iot:Publish", Resource: publishOn };
  door.state.authorize = async ({ payload }) => {
    const { token } = JSON.parse(textOf(payload));
    const policyDocuments = [{ Version: "2012-10-17", Statement: statement }];
    const answer = { isAuthenticated: token === "right", principalId: "dev1", policyDocuments };
    return { ok: true, payload: utf8(JSON.stringify(answer)) };
  };
  const name = "x-amz-customauthorizer-name=Devices";
  const post = (url: string, path: string, headers = {}) =>
    fetch(`${url}${path}`, { method: "POST", body: "x", headers });
  for (const url of [door.url, door.edgeUrl]) {
    door.published.length = 0;
    const taken = await post(url, `/topics/in/a?qos=1&${name}&token=right`);
    expect(taken.status).toBe(200);
    expect(door.published).toMatchObject([{ topic: "in/a", origin: { principal: "dev1" } }]);
    const inHeaders = { "x-amz-customauthorizer-name": "Devices", token: "right" };
    expect((await post(url, "/topics/in/b", inHeaders)).status).toBe(200);
    for (const path of [
      `/topics/in/a?${name}&token=wrong`,
      `/topics/elsewhere?${name}&token=right`,
      "/topics/in/a?x-amz-customauthorizer-name=Nobody",
      `/topics/in/a?${name}&${name}&token=right`,
    ]) {
      const refused = await post(url, path);
      expect(refused.status).toBe(403);
      expect(refused.headers.get("x-amzn-errortype")).toBe("ForbiddenException");
    }
    const unknown = await post(url, `/topics/in/a?${name}&token=right&other=1`);
    expect((await unknown.json()).message).toBe('"other" of Publish is not implemented');
    expect(door.published).toHaveLength(2);
  }
  expect(await (await post(door.edgeUrl, "/topics/in/a")).text()).toBe("the application");
  await client.send(new SetDefaultAuthorizerCommand({ authorizerName: "Devices" }));
  for (const url of [door.url, door.edgeUrl]) {
    door.published.length = 0;
    expect((await post(url, "/topics/in/c", { token: "right" })).status).toBe(200);
    expect((await post(url, "/topics/in/c?token=right")).status).toBe(200);
    expect((await post(url, "/topics/in/c", { token: "wrong" })).status).toBe(403);
    expect((await post(url, "/topics/out/c", { token: "right" })).status).toBe(403);
    const origin = { principal: "dev1" };
    expect(door.published).toMatchObject([
      { topic: "in/c", origin },
      { topic: "in/c", origin },
    ]);
  }
  expect(await (await post(door.edgeUrl, "/topics/in/a")).text()).toBe("the application");
  door.state.trustsAnonymous = false;
  const refused = await post(door.url, "/topics/in/a");
  expect(refused.headers.get("x-amzn-errortype")).toBe("ForbiddenException");
  door.state.trustsAnonymous = true;
  await client.send(new ClearDefaultAuthorizerCommand({}));
});
