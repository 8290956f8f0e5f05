/** Calls operations on tables at a node's API door, signed as an SDK does it. */

import { signedHeaders } from "../../aws/mod.ts";
import { errorText, systemClock } from "../../base/mod.ts";
import type { Invocation } from "../command.ts";
import { signerOf } from "../signing.ts";

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

const firstWaitMs = 100;
const waitMsMax = 5_000;
/** Too much at a time, which passes as capacity flows in: there is no end to its tries. */
const throttling = new Set([
  "ProvisionedThroughputExceededException",
  "ThrottlingException",
  "RequestLimitExceeded",
]);
/** What else may pass by itself, with its tries: also a door that is not up for a moment. */
const triesMax = new Map([
  ["InternalServerError", 8],
  ["", 5],
]);

/** The command must have the flag `data`. */
export function connectTables(port: string, invocation: Invocation): CallTables {
  const host = `127.0.0.1:${port}`;
  const { credentials, region } = signerOf(invocation);
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
    throw new CallProblem(`Status${answer.status}`, status); // another server's page
  }
  if (answer.ok) return read as Record<string, unknown>;
  const code = read.__type?.split("#").at(-1) ?? `Status${answer.status}`;
  throw new CallProblem(code, `${code}: ${read.message ?? read.Message ?? ""}`);
}

/** Calls until there is an answer, or a problem that does not pass. */
export async function withPatience<T>(call: () => Promise<T>, wait = pause): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (thrown) {
      if (!(thrown instanceof CallProblem)) throw thrown;
      const { code } = thrown;
      if (!throttling.has(code) && tries >= (triesMax.get(code) ?? 1)) throw thrown;
      await wait(Math.min(waitMsMax, firstWaitMs * 2 ** (tries - 1)));
    }
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void systemClock.after(ms, resolve));
}
