import { expect, test } from "bun:test";
import type { IdentityPorts, PublishPorts } from "./ports.ts";
import { createPublicDoor } from "./public-door.ts";

const door = createPublicDoor({} as IdentityPorts & PublishPorts); // preflights ask nobody

function preflight(asked: string, origin = "http://localhost:3000") {
  const headers = {
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": asked,
  };
  const request = new Request("http://localhost:8080/", { method: "OPTIONS", headers });
  return door(request, { ip: "192.0.2.7" });
}

test.each(["X-Amz-Target", "content-type , x-amz-user-agent"])(
  "a page of this machine may ask with %p",
  async (asked) => {
    const answer = await preflight(asked);
    expect(answer?.headers.get("access-control-allow-origin")).toBe("http://localhost:3000");
  },
);

test("what names no header of an SDK is somebody else's, and so are pages of elsewhere", () => {
  expect(preflight("content-type, x-amz-targets")).toBeUndefined();
  expect(preflight("x-amz-target", "https://a.example")).toBeUndefined();
});

test("however many blanks stand in a list, it is read in one go", () => {
  const asked = `a${" ".repeat(16_000)}b`;
  for (let count = 0; count < 400; count += 1) expect(preflight(asked)).toBeUndefined();
});
