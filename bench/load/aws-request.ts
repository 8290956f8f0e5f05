/**
 * A request of the DynamoDB API as the bytes that go over the wire, signed (Signature Version 4).
 *
 * They are made before they are needed, so that signing costs the measurement nothing; a signature
 * holds for five minutes.
 */

import { createHash, createHmac } from "node:crypto";

export interface AwsRequest {
  readonly host: string;
  readonly operation: string;
  readonly body: string;
}

export const credentials = { accessKeyId: "bench", secretAccessKey: "bench" } as const;
export const region = "us-east-1";

const service = "dynamodb";
const signedHeaders = "content-type;host;x-amz-date;x-amz-target";

/** The whole HTTP request. */
export function requestBytes({ host, operation, body }: AwsRequest, date = new Date()): Uint8Array {
  const time = date.toISOString().replace(/[-:]|\.\d+/g, "");
  const headers = [
    "content-type:application/x-amz-json-1.0",
    `host:${host}`,
    `x-amz-date:${time}`,
    `x-amz-target:DynamoDB_20120810.${operation}`,
  ];
  const lines = ["POST", "/", "", ...headers, "", signedHeaders, digest(body)];
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, scope, digest(lines.join("\n"))].join("\n");
  const signature = hmac(signingKey(time.slice(0, 8)), text).toString("hex");
  const credential = `${credentials.accessKeyId}/${scope}`;
  const head = [
    "POST / HTTP/1.1",
    ...headers,
    `authorization: AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders}, ` +
      `Signature=${signature}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
}

function signingKey(day: string): Buffer {
  const start = Buffer.from(`AWS4${credentials.secretAccessKey}`);
  return [day, region, service, "aws4_request"].reduce<Buffer>(hmac, start);
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
