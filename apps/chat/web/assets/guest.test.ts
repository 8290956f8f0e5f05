/** A browser becomes a guest, stays the same, and signs with credentials that are still good. */

import { expect, test } from "bun:test";
import { Guest, openGuest, Refusal } from "./guest.ts";
import { openMemory } from "./talk/memory.ts";
import { createStorage } from "./talk/testing/storage.ts";

const pool = "eu-central-1:11111111-1111-4111-8111-111111111111";
const identityId = "eu-central-1:22222222-2222-4222-8222-222222222222";
const startMs = Date.UTC(2026, 0, 2, 3, 4, 5);

function build() {
  const house = { asked: [] as string[], nowMs: startMs, serverAheadMs: 0, refuses: false };
  const storage = createStorage();
  const parts = {
    pool,
    identityUrl: "http://house/",
    mqttUrl: "ws://house/mqtt",
    memory: openMemory(() => storage),
    now: () => house.nowMs,
    async fetch(_url: string, { headers }: RequestInit) {
      const serverMs = house.nowMs + house.serverAheadMs;
      const date = new Date(serverMs).toUTCString();
      const operation = new Headers(headers).get("x-amz-target")!.split(".")[1]!;
      house.asked.push(operation);
      if (house.refuses) {
        const body = { __type: "ResourceNotFoundException", message: "not found" };
        return Response.json(body, { status: 400, headers: { date } });
      }
      const Credentials = {
        AccessKeyId: `ASIA${house.asked.length}`,
        SecretKey: "secret",
        SessionToken: "token",
        Expiration: serverMs / 1_000 + 3_600,
      };
      const body = operation === "GetId" ? { IdentityId: identityId } : { Credentials };
      return Response.json(body, { headers: { date } });
    },
  };
  return { house, parts };
}

function read(address: string) {
  const query = new URL(address).searchParams;
  const [key, ...scope] = query.get("X-Amz-Credential")!.split("/");
  return { key, scope: scope.join("/"), date: query.get("X-Amz-Date") };
}

test("the identity is remembered; what cannot be one is not used", async () => {
  const { house, parts } = build();
  parts.memory.set("chat.identity", "web-1");
  expect((await openGuest(parts)).identityId).toBe(identityId);
  expect((await openGuest(parts)).identityId).toBe(identityId);
  expect(house.asked).toEqual(["GetId"]);
});

test("credentials are used again until they are about to end", async () => {
  const { house, parts } = build();
  const guest = new Guest(parts, identityId);
  const first = read(await guest.address());
  expect(first).toEqual({
    key: "ASIA1",
    scope: "20260102/eu-central-1/iotdevicegateway/aws4_request",
    date: "20260102T030405Z",
  });
  house.nowMs += 54 * 60_000;
  expect(read(await guest.address()).key).toBe("ASIA1");
  house.nowMs += 2 * 60_000;
  expect(read(await guest.address()).key).toBe("ASIA2");
});

test("signs with the server's time where one's own clock is wrong", async () => {
  const { house, parts } = build();
  house.serverAheadMs = 2 * 3_600_000;
  const guest = new Guest(parts, identityId);
  for (let count = 0; count < 2; count += 1) {
    expect(read(await guest.address())).toMatchObject({ key: "ASIA1", date: "20260102T050405Z" });
  }
});

test("a guest whom the server does not know is told by name, and can be forgotten", async () => {
  const { house, parts } = build();
  const guest = await openGuest(parts);
  house.refuses = true;
  const refusal = await guest.address().catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(Refusal);
  expect((refusal as Refusal).code).toBe("ResourceNotFoundException");
  guest.forget();
  expect(parts.memory.get("chat.identity")).toBeUndefined();
});
