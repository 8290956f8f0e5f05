/** The tables' door behind the front that reads requests itself, asked as an SDK asks. */

import { afterAll, beforeAll, expect, test } from "bun:test";
import { Agent } from "node:http";
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { silentLogger, systemClock, systemRandom } from "../base/mod.ts";
import { type ApiDoorPorts, createTableDoor } from "../endpoints/mod.ts";
import {
  ApiAccess,
  Denials,
  Identities,
  makeSecret,
  memoryKeyStore,
  SignatureRefusals,
} from "../identity/mod.ts";
import {
  type Front,
  openWholeFront,
  type RequestHeaders,
  signedChanging,
} from "../listeners/mod.ts";
import { openMemoryRecords } from "../storage/mod.ts";
import { createTables } from "../tables/mod.ts";
import { meetAtTables } from "./fronts.ts";

const account = { region: "eu-central-1", accountId: "000000000000" };
const shared = { clock: systemClock, random: systemRandom, logger: silentLogger };
const identities = new Identities({
  ...shared,
  account: { partition: "aws", ...account },
  roles: [],
  pools: [],
  secret: makeSecret(systemRandom),
  keys: memoryKeyStore(),
});
const tables = createTables({ ...shared, records: openMemoryRecords(), account });

/** As much as calls of the tables need. */
const ports = {
  ...shared,
  identities,
  tables,
  access: new ApiAccess({ ...shared, denials: new Denials(shared) }),
  refusals: new SignatureRefusals(shared),
  trustsAnonymous: true,
} as Partial<ApiDoorPorts> as ApiDoorPorts;

/** Nothing is for the server behind the front. */
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: () => new Response("of the server", { status: 501 }),
});
let front: Front;
/** How often the door was asked how requests with a head are answered. */
let askedCount = 0;

beforeAll(async () => {
  await tables.define({ name: "plain", partitionKey: { name: "pk", type: "S" } });
  const tableDoor = createTableDoor(ports);
  front = openWholeFront({
    ...shared,
    host: "127.0.0.1",
    port: 0,
    serverPort: server.port!,
    meet: meetAtTables({
      taking(head) {
        askedCount += 1;
        return tableDoor.taking(head);
      },
    }),
    failed: (_, thrown) => {
      throw thrown;
    },
    atEndOfTurn: setImmediate,
    changing: signedChanging,
    idleSecondsMax: 60,
    requestSecondsMax: 0,
  });
});
afterAll(async () => {
  await Promise.all([front.stop(), server.stop(true)]);
});

test("an SDK's signed requests are answered on one connection, each as its signature deserves", async () => {
  const httpAgent = new Agent({ keepAlive: true, maxSockets: 1 });
  const made = identities.accessKeys.make({});
  const clientWith = (secretAccessKey: string) =>
    new DynamoDBClient({
      endpoint: `http://127.0.0.1:${front.port}`,
      region: "eu-central-1",
      credentials: { ...made, secretAccessKey },
      maxAttempts: 1,
      requestHandler: { httpAgent },
    });
  const [right, wrong] = [clientWith(made.secretAccessKey), clientWith("wrong")];
  const get = (client: DynamoDBClient, name: string) =>
    client.send(new GetItemCommand({ TableName: "plain", Key: { pk: { S: name } } }));
  for (let count = 10; count < 20; count += 1) {
    const Item = { pk: { S: `p${count}` }, n: { N: `${count}` } };
    await right.send(new PutItemCommand({ TableName: "plain", Item }));
    expect((await get(right, `p${count}`)).Item).toEqual(Item);
  }
  const nameOf = (thrown: Error) => thrown.name;
  expect(await get(wrong, "p10").catch(nameOf)).toBe("InvalidSignatureException");
  expect((await get(right, "p11")).Item).toMatchObject({ n: { N: "11" } });
  identities.accessKeys.revoke(made.accessKeyId);
  expect(await get(right, "p10").catch(nameOf)).toBe("UnrecognizedClientException");
  // One connection asks once for all heads of either operation; a second one would ask again.
  expect(askedCount).toBe(2);
  httpAgent.destroy();
});

test("what a connection remembers of a request does not keep the request", async () => {
  const tableDoor = createTableDoor(ports);
  const meet = meetAtTables(tableDoor);
  const met = Array.from({ length: 100 }, () => {
    const values = new Map([
      ["host", "localhost"],
      ["x-amz-target", "DynamoDB_20120810.GetItem"],
    ]);
    const answerer = meet(values as unknown as RequestHeaders, { ip: "127.0.0.1" });
    return { answerer, headers: new WeakRef(values) };
  });
  await Bun.sleep(1); // until then what a WeakRef was made for lives on
  Bun.gc(true);
  expect(met.every(({ answerer }) => answerer !== undefined)).toBe(true);
  // The stack may hold one or another.
  expect(met.filter(({ headers }) => headers.deref()).length).toBeLessThan(10);
});
