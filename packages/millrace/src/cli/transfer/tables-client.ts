/** Calls operations on tables at a node's API door, signed as an SDK does it. */

import { signedHeaders } from "../../aws/mod.ts";
import { errorText, systemClock } from "../../base/mod.ts";
import type { Environment } from "../flags.ts";

/** Why a call did not come to an answer; the message is for people. */
export class CallProblem extends Error {
  override name = "CallProblem";
  /** As the service names it; empty where there was no answer at all. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export type AttributeValue = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, AttributeValue>>;

export type CallTables = (operation: string, input: object) => Promise<Record<string, unknown>>;

const triesMax = 8;
const firstWaitMs = 50;
/** What passes by itself: too much at a time, or a door that is not up for a moment. */
const passing = new Set([
  "ProvisionedThroughputExceededException",
  "ThrottlingException",
  "RequestLimitExceeded",
  "InternalServerError",
]);

/** Signs with the keys that SDKs would take from the environment. */
export function connectTables(port: string, environment: Environment): CallTables {
  const host = `127.0.0.1:${port}`;
  const credentials = {
    accessKeyId: environment.AWS_ACCESS_KEY_ID || "millrace",
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY || "millrace",
    sessionToken: environment.AWS_SESSION_TOKEN || undefined,
  };
  const region = environment.AWS_REGION || environment.AWS_DEFAULT_REGION || "us-east-1";
  async function call(operation: string, input: object): Promise<Record<string, unknown>> {
    const body = JSON.stringify(input);
    const headers = {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${operation}`,
    };
    const request = { host, region, service: "dynamodb", headers, body };
    const signed = signedHeaders(request, credentials, systemClock.now());
    return readAnswer(await send(host, signed, body));
  }
  return (operation, input) => withPatience(() => call(operation, input));
}

async function send(host: string, headers: Record<string, string>, body: string) {
  try {
    return await fetch(`http://${host}/`, { method: "POST", headers, body });
  } catch (thrown) {
    const why = errorText(thrown);
    throw new CallProblem("", `no node answers on ${host}; --api-port says where it is (${why})`);
  }
}

async function readAnswer(answer: Response): Promise<Record<string, unknown>> {
  const text = await answer.text();
  let read: { __type?: string; message?: string; Message?: string };
  try {
    read = JSON.parse(text) as typeof read;
  } catch {
    const status = `status ${answer.status}, which is no answer of Millrace`;
    throw new CallProblem("", status); // another server's page
  }
  if (answer.ok) return read as Record<string, unknown>;
  const code = read.__type?.split("#").at(-1) ?? `Status${answer.status}`;
  throw new CallProblem(code, `${code}: ${read.message ?? read.Message ?? ""}`);
}

async function withPatience<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (thrown) {
      const isPassing = thrown instanceof CallProblem && passing.has(thrown.code);
      if (!isPassing || tries === triesMax) throw thrown;
      await pause(firstWaitMs * 2 ** tries);
    }
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void systemClock.after(ms, resolve));
}
