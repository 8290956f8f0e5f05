import { afterEach, expect, test } from "bun:test";
import { readClaim, SigningKeys, signableRequest, signatureProblem } from "../../aws/mod.ts";
import { systemClock } from "../../base/mod.ts";
import { cleanUp, cleanups, create, define } from "../house-fixture.ts";

afterEach(cleanUp);

/** Sends as version 2 of the SDK does; what its signature says no longer matters. */
const handler = (imported: string) => `${imported}
import { createHash } from "node:crypto";
export const handler = async ({ keyId = process.env.AWS_ACCESS_KEY_ID, path }) => {
  const body = '{"a":1}';
  const date = new Date().toISOString().replace(/[-:]|\\.\\d{3}/g, "");
  const scope = date.slice(0, 8) + "/eu-central-1/lambda/aws4_request";
  const names = "host;x-amz-content-sha256;x-amz-date;x-amz-security-token";
  const options = {
    host: "lambda.eu-central-1.amazonaws.com",
    port: 443,
    method: "POST",
    path,
    headers: {
      Host: "lambda.eu-central-1.amazonaws.com",
      "Content-Length": body.length,
      "X-Amz-Date": date,
      "X-Amz-Content-Sha256": createHash("sha256").update(body).digest("hex"),
      "X-Amz-Security-Token": process.env.AWS_SESSION_TOKEN,
      Authorization: "AWS4-HMAC-SHA256 Credential=" + keyId + "/" + scope +
        ", SignedHeaders=" + names + ", Signature=" + "0".repeat(64),
    },
    lookup: (name, how, found) => found(new Error("looked for " + name)),
  };
  return new Promise((resolve) => {
    const sent = request(options, (answer) => answer.on("data", (data) => resolve(String(data))));
    sent.on("error", (error) => resolve(error.message));
    sent.end(body);
  });
};`;

test.each([
  'import { request } from "node:https";',
  'import https from "node:https"; const { request } = https;',
])("a request that the function has signed reaches the server: %s", async (imported) => {
  const requests: { request: Request; body: Uint8Array }[] = [];
  const endpoint = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      requests.push({ request, body: await request.bytes() });
      return new Response("answered");
    },
  });
  cleanups.push(() => endpoint.stop(true));
  const definition = await define({ "app.mjs": handler(imported) });
  const { functions, call } = await create([definition]);
  const url = `http://127.0.0.1:${endpoint.port}`;
  expect(await functions.start({ endpointUrl: url })).toEqual([]);
  const path = "/2015-03-31/functions/a%3Ab/invocations?Qualifier=1";
  expect((await call({ path })).result).toBe("answered");
  const other = await call({ path, keyId: "AKIDOFANOTHER" });
  expect(other.result).toBe("looked for lambda.eu-central-1.amazonaws.com");

  expect(requests).toHaveLength(1);
  const { request, body } = requests[0]!;
  expect(request.headers.get("host")).toBe(`127.0.0.1:${endpoint.port}`);
  const signed = signableRequest(request);
  const reading = readClaim(signed);
  if (!reading?.ok) throw new Error("the request is not signed");
  const { secretAccessKey, accessKeyId } = functions.credentialsOf("greet")!;
  expect(reading.claim.accessKeyId).toBe(accessKeyId);
  const evidence = { request: signed, claim: reading.claim, secretAccessKey, body };
  const options = { keys: new SigningKeys(), clock: systemClock };
  expect(signatureProblem(evidence, options)).toBeUndefined();
});
