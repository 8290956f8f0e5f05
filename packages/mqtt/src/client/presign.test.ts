import { expect, test } from "bun:test";
import { presign } from "./presign.ts";

// The example credentials of AWS's documentation.
const credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const options = {
  url: "wss://abc123-ats.iot.eu-central-1.amazonaws.com/mqtt",
  region: "eu-central-1",
  nowMs: Date.UTC(2026, 0, 2, 3, 4, 5),
};
const signed =
  `${options.url}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE` +
  "%2F20260102%2Feu-central-1%2Fiotdevicegateway%2Faws4_request&X-Amz-Date=20260102T030405Z" +
  "&X-Amz-SignedHeaders=host&X-Amz-Signature=" +
  "13899c9686443f2b301b4253cba201edbb1d75ac822e10d587d8a11b4c5394c6";

test("an address is signed as AWS IoT wants it", async () => {
  expect(await presign({ ...options, credentials })).toBe(signed);
});

test("a session token comes behind the signature and changes nothing in it", async () => {
  const sessionToken = "FwoGZXIvYXdzEExample/Token+1==";
  expect(await presign({ ...options, credentials: { ...credentials, sessionToken } })).toBe(
    `${signed}&X-Amz-Security-Token=FwoGZXIvYXdzEExample%2FToken%2B1%3D%3D`,
  );
});
