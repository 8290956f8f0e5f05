/** A will says what its client could have said: with the rights that it had when it connected. */

import { expect, test } from "bun:test";
import { reasonCodes } from "@millrace/mqtt";
import { utf8 } from "../../base/mod.ts";
import type { Admission } from "../admission.ts";
import { openBroker, settled, subscribe } from "../broker-fixture.ts";

/** Lets everybody in, and only the writer be held to what may be published. */
function rights() {
  const allowed = new Set(["gone"]);
  const access = {
    mayPublish: (topic: string, retain: boolean) => allowed.has(topic) && !retain,
    maySubscribe: () => true,
    mayReceive: () => true,
  };
  const admit: Admission = ({ clientId }) => {
    const isHeld = clientId === "writer";
    return { allowed: true, principal: clientId, ...(isHeld && { access }) };
  };
  return { admit, allowed };
}

const durable = {
  protocolLevel: 5,
  cleanSession: false,
  properties: { sessionExpiryInterval: 600 },
} as const;

const will = (topic: string, more: object = {}) => ({
  topic,
  payload: utf8("bye"),
  qos: 1 as const,
  retain: false,
  properties: { willDelayInterval: 60 },
  ...more,
});

test("a will that its client may not publish is refused with the CONNECT, and never kept", async () => {
  const { admit } = rights();
  const house = await openBroker({ admit });
  for (const one of [will("elsewhere"), will("gone", { retain: true })]) {
    const writer = house.join("writer", { ...durable, will: one });
    const returnCode = reasonCodes.notAuthorized;
    expect(writer.received).toMatchObject([{ type: "connack", returnCode }]);
  }
  await settled();
  const { records } = house;
  const next = await openBroker({ records, admit });
  const reader = next.join("reader").send(subscribe("#"));
  next.clock.advance(61_000);
  await settled();
  expect(reader.texts).toEqual([]);
});

test("a will that was let in waits for its delay over a restart, and is then published", async () => {
  const { admit, allowed } = rights();
  const first = await openBroker({ admit });
  first.join("writer", { ...durable, will: will("gone") }).vanish();
  await settled();
  // What a later policy says is about later connections.
  allowed.clear();
  const next = await openBroker({ records: first.records, admit });
  const reader = next.join("reader").send(subscribe("#"));
  next.clock.advance(61_000);
  await settled();
  expect(reader.texts).toEqual(["bye"]);
});

test("a will is asked about again when it is due, where the connection's rights are still known", async () => {
  const { admit, allowed } = rights();
  const { join, clock } = await openBroker({ admit });
  const reader = join("reader").send(subscribe("#"));
  join("writer", { ...durable, will: will("gone") }).vanish();
  await settled();
  allowed.clear(); // as a refreshed authorizer's policies do
  clock.advance(61_000);
  await settled();
  expect(reader.texts).toEqual([]);
});
