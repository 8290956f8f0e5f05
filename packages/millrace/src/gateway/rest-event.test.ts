import { expect, test } from "bun:test";
import { noBytes } from "../base/mod.ts";
import { createRestEvent } from "./rest-event.ts";

const request = {
  method: "GET",
  path: "/rooms",
  query: "",
  headers: { host: "web.example" },
  body: noBytes,
  sourceIp: "192.0.2.1",
  requestId: "5f0e6ad1-0000-4000-8000-000000000000",
  gatewayId: "abcDEF=",
  nowMs: Date.UTC(2026, 0, 2, 3, 4, 5),
};
const api = { name: "Web", apiId: "abc123", kind: "rest", stage: "v1", routes: [] } as const;

function resourceIdOf(path: string, more: object = {}): string {
  const route = { method: "ANY", path, functionName: "f", ...more };
  const event = createRestEvent(
    request,
    { route, parameters: {} },
    { api, accountId: "111122223333" },
  );
  const { requestContext } = event as { requestContext: { resourceId: string } };
  return requestContext.resourceId;
}

test("an event names the resource of its route, else what its path comes to", () => {
  expect(resourceIdOf("/rooms", { resourceId: "a1b2c3" })).toBe("a1b2c3");
  expect(resourceIdOf("/rooms")).toMatch(/^[0-9a-f]{6}$/);
  expect(resourceIdOf("/rooms")).not.toBe(resourceIdOf("/rooms/{id}"));
});
