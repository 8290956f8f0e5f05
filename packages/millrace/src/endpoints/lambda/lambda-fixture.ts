/** A door over real functions, with a function of a template, for tests with the SDK. */

import { expect } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as lambda from "@aws-sdk/client-lambda";
import { silentLogger, systemClock, systemRandom, textOf } from "../../base/mod.ts";
import { createFunctions, type Functions } from "../../functions/mod.ts";
import { openMemoryRecords, type Records } from "../../storage/mod.ts";
import { clientOptions, openDoor } from "../door-fixture.ts";
import { zipOf } from "../zip-fixture.ts";

let folder: string;
let records: Records;
export const role = "arn:aws:iam::111122223333:role/any";
export let functions: Functions;
let door: Awaited<ReturnType<typeof openDoor>>;
let client: lambda.LambdaClient;

export async function open() {
  functions = createFunctions({
    definitions: [
      {
        name: "fixed",
        handler: "app.handler",
        codeFolder: join(folder, "fixed"),
        runtime: "nodejs22.x",
        timeoutSeconds: 5,
        memoryMegabytes: 256,
        environment: {},
        reservedConcurrency: 7,
      },
    ],
    records,
    retryDelaysMs: [1, 1],
    processesMax: 20,
    workFolder: join(folder, "work"),
    region: "eu-central-1",
    accountId: "111122223333",
    clock: systemClock,
    random: systemRandom,
    atEndOfTurn: setImmediate,
    logger: silentLogger,
    writeLog: () => {},
  });
  expect(await functions.start({ endpointUrl: "http://127.0.0.1:1" })).toEqual([]);
  door = await openDoor({}, functions);
  client = new lambda.LambdaClient(clientOptions(door.url));
}

export async function close() {
  client.destroy();
  door.close();
  await functions.close();
}

export async function begin() {
  folder = mkdtempSync(join(tmpdir(), "millrace-control-"));
  records = openMemoryRecords();
  await mkdir(join(folder, "fixed"));
  const source = "exports.handler = async (e, c) => [1, c.functionVersion, c.invokedFunctionArn];";
  await writeFile(join(folder, "fixed/app.js"), source);
  await open();
}

export async function finish() {
  await close();
  rmSync(folder, { recursive: true });
}

// biome-ignore lint/suspicious/noExplicitAny: of the SDK's commands only that they can be sent
export const send = (command: any): Promise<any> => client.send(command);

/** An answer as it is on the wire. */
export async function fetchRaw(method: string, path: string, body?: unknown) {
  const isText = typeof body === "string" || body === undefined;
  const response = await fetch(`${door.url}${path}`, {
    method,
    body: isText ? body : JSON.stringify(body),
  });
  const { status, headers } = response;
  const text = await response.text();
  return { status, type: headers.get("x-amzn-errortype"), headers, text };
}

export async function refusalOf(command: unknown): Promise<[string, string, number]> {
  return send(command).then(
    () => ["none", "", 0],
    (thrown) => [thrown.name, thrown.message, thrown.$metadata.httpStatusCode],
  );
}

export async function invoke(FunctionName: string, event: unknown = {}, Qualifier?: string) {
  const Payload = JSON.stringify(event);
  const answer = await send(new lambda.InvokeCommand({ FunctionName, Payload, Qualifier }));
  const result = JSON.parse(textOf(answer.Payload));
  return { result, version: answer.ExecutedVersion, error: answer.FunctionError };
}

export const create = (FunctionName: string, source: string, more = {}) =>
  send(
    new lambda.CreateFunctionCommand({
      FunctionName,
      Runtime: "nodejs22.x",
      Handler: "app.handler",
      Role: role,
      Code: { ZipFile: zipOf({ "app.js": source }) },
      ...more,
    }),
  );

export const answering = (value: unknown) =>
  `exports.handler = async () => ${JSON.stringify(value)}; // ${JSON.stringify(value)}`;
