/** Functions of real processes in temporary folders, for tests; `cleanUp` ends and removes them. */

import { expect } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  type NumberFigure,
  silentLogger,
  systemClock,
  systemRandom,
  textOf,
  utf8,
} from "../base/mod.ts";
import { openMemoryRecords } from "../storage/mod.ts";
import type { FunctionDefinition } from "./definition.ts";
import { createFunctions, type Functions, type FunctionsOptions } from "./functions.ts";

export const cleanups: (() => unknown)[] = [];

/**
 * A port that is free and is opened later, by another process. It is none of those that the system
 * gives to whoever asks for any, so that nobody is likely to come in between.
 */
export function portForLater(): number {
  for (let port = 10_000 + (process.pid % 20_000); ; port += 1) {
    try {
      Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } }).stop(true);
      return port;
    } catch {
      // somebody has it: the next one, then
    }
  }
}

/** To be called after each test. */
export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

export async function newFolder(files: Record<string, string>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "millrace-functions-"));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

export async function define(
  files: Record<string, string>,
  changes: Partial<FunctionDefinition> = {},
): Promise<FunctionDefinition> {
  return {
    name: "greet",
    handler: "app.handler",
    codeFolder: await newFolder(files),
    runtime: "nodejs22.x",
    timeoutSeconds: 10,
    memoryMegabytes: 256,
    environment: {},
    ...changes,
  };
}

export interface House {
  readonly functions: Functions;
  readonly lines: string[];
  readonly workFolder: string;
  call(payload?: unknown, name?: string): Promise<Called>;
}

export interface Called {
  readonly result: unknown;
  readonly functionError: string | undefined;
  readonly logTail: string;
  readonly requestId: string;
}

export async function create(
  definitions: FunctionDefinition[],
  changes: Partial<FunctionsOptions> = {},
): Promise<House> {
  const workFolder = changes.workFolder ?? (await newFolder({}));
  const lines: string[] = [];
  const functions = createFunctions({
    definitions,
    records: openMemoryRecords(),
    workFolder,
    region: "eu-central-1",
    accountId: "111122223333",
    clock: systemClock,
    random: systemRandom,
    atEndOfTurn: setImmediate,
    logger: silentLogger,
    writeLog: (line) => void lines.push(line),
    ...changes,
  });
  cleanups.push(() => functions.close());
  const call = async (payload: unknown = {}, name = definitions[0]!.name) => {
    const called = await functions.invoke(name, utf8(JSON.stringify(payload)), {
      wantsLogTail: true,
    });
    if (!called.found) throw new Error(`no function "${name}"`);
    const { functionError, requestId } = called;
    const result = JSON.parse(textOf(called.payload));
    return { result, functionError, requestId, logTail: textOf(called.logTail) };
  };
  return { functions, lines, workFolder, call };
}

export const endpointUrl = "http://127.0.0.1:1";

export async function start(
  definitions: FunctionDefinition[],
  changes: Partial<FunctionsOptions> = {},
): Promise<House> {
  const house = await create(definitions, changes);
  expect(await house.functions.start({ endpointUrl })).toEqual([]);
  return house;
}

/** The first of its samples. */
export function figureOf({ functions }: Pick<House, "functions">, name: string): number {
  const figure = functions.figures().find((one) => one.name === name);
  return (figure as NumberFigure).samples[0]!.value;
}

/** Events that are accepted and not yet done. */
export const pendingOf = (house: House) => figureOf(house, "millrace_async_calls_pending");

/** Whether there is a process of this number. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // no such process
  }
}
