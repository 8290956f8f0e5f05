/**
 * The functions of an application: starts them, calls them, ends them.
 *
 * `start` prepares every function at once and runs none: the first call starts the first process.
 * Nothing here authenticates; who may call is decided at the doors.
 */

import {
  type Clock,
  errorText,
  type Figured,
  type Logger,
  newHexId,
  newUuid,
  type Random,
  WorldError,
} from "../base/mod.ts";
import type { Records } from "../storage/mod.ts";
import { AsyncCalls, type AsyncCallsOptions, type TryResult } from "./async/async-calls.ts";
import { asyncSettingsDefault } from "./async/settings.ts";
import type { Outcome } from "./call.ts";
import type { FunctionDefinition } from "./definition.ts";
import { functionFigures } from "./figures.ts";
import { asyncRetryDelaysMsDefault, environmentsPerFunctionMax } from "./limits.ts";
import { writeFunctionLine } from "./log-line.ts";
import { Pool } from "./pool.ts";
import type { StartProblem } from "./problems.ts";
import { type ProgramHost, prepareProgram } from "./program.ts";
import {
  findNode,
  findPython,
  kindOf,
  type NodeCommand,
  noteOfRuntime,
} from "./runtimes/runtime.ts";
import { createCredentials, type FunctionCredentials } from "./variables.ts";

export interface FunctionsOptions {
  readonly definitions: readonly FunctionDefinition[];
  /** Keeps asynchronous calls until they are done. */
  readonly records: Records;
  /** Waits before an asynchronous call that failed is tried again; absent: one minute, then two. */
  readonly retryDelaysMs?: readonly number[] | undefined;
  /** For bundles; kept from start to start, one server at a time. Absolute. */
  readonly workFolder: string;
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Gets what functions write, a line without its newline at a time; absent: the logger does. */
  readonly writeLog?: (line: string) => void;
  /** Absent: the `node` on the server's PATH, or else the Bun that runs the server. */
  readonly node?: NodeCommand;
}

export type InvokeResult =
  | { readonly found: false }
  | {
      readonly found: true;
      readonly requestId: string;
      readonly payload: Uint8Array;
      readonly functionError?: "Unhandled" | "Handled";
      readonly logTail: Uint8Array;
      readonly version: "$LATEST";
      /** The call never ran, because too many were waiting; `payload` says so as an error. */
      readonly throttled?: true;
    };

export interface Functions extends Figured {
  /**
   * Prepares every function for calls to `endpointUrl`, the API door. Answers with what is wrong
   * with any of them; those with a problem are not found by calls. Rejects with a `WorldError`
   * when the machine fails, not the sources.
   */
  start(options: { readonly endpointUrl: string }): Promise<StartProblem[]>;
  /**
   * Calls and waits; never rejects. `payload` is JSON of at most `payloadBytesMax`, and stays as
   * it is until the answer.
   */
  invoke(name: string, payload: Uint8Array): Promise<InvokeResult>;
  /**
   * Accepts a call and answers when it is durable: it will be tried, over a crash too. Gives
   * its request id; `undefined`: no such function. Rejects with a `WorldError`, `TOO_MANY_CALLS`
   * when too many are waiting.
   */
  invokeAsync(name: string, payload: Uint8Array): Promise<string | undefined>;
  /** What the function signs its own requests with; `undefined`: no such function. */
  credentialsOf(name: string): FunctionCredentials | undefined;
  /** Lets calls in flight finish within a bound, then ends every process. */
  close(): Promise<void>;
}

/** Nothing is found by calls until `start` has answered. */
export function createFunctions(options: FunctionsOptions): Functions {
  const { definitions, clock, random, logger } = options;
  const credentials = new Map(definitions.map(({ name }) => [name, createCredentials(random)]));
  const pools = new Map<string, Pool>();
  const sink = { clock, logger, writeLog: options.writeLog };
  const asyncCalls = openAsyncCalls(options, async ({ functionName, requestId, payload }) =>
    tryResult(await run(pools.get(functionName)!, requestId, payload)),
  );

  function run(pool: Pool, requestId: string, payload: Uint8Array): Promise<Outcome> {
    return pool.invoke({ requestId, payload, traceId: newTraceId(random, clock.now()) });
  }

  async function startOne(definition: FunctionDefinition, host: ProgramHost) {
    const { name } = definition;
    const program = await prepareProgram(definition, credentials.get(name)!, host).catch(
      (thrown) => {
        const text = `cannot prepare function "${name}": ${errorText(thrown)}`;
        throw new WorldError("FUNCTION_NOT_PREPARED", text, thrown);
      },
    );
    if (Array.isArray(program)) return program;
    const write = (line: Parameters<typeof writeFunctionLine>[0]) => writeFunctionLine(line, sink);
    pools.set(definition.name, new Pool({ program, clock, write }));
    return [];
  }

  return {
    async start({ endpointUrl }) {
      const { workFolder, region, accountId } = options;
      const usesPython = definitions.some(({ runtime }) => kindOf(runtime) === "python");
      const python = usesPython ? findPython() : undefined;
      const machine = { node: options.node ?? findNode(), python };
      for (const { name, runtime } of definitions) {
        const note = noteOfRuntime(runtime, machine);
        if (note) logger.warn(note, { function: name });
      }
      const path = process.env.PATH ?? "";
      const shared = { workFolder, region, accountId, endpointUrl, clock, random, machine, path };
      const problems = await Promise.all(definitions.map((one) => startOne(one, shared)));
      if (problems.flat().length === 0) await asyncCalls.restore();
      return problems.flat();
    },
    async invoke(name, payload) {
      const pool = pools.get(name);
      if (!pool) return { found: false };
      const requestId = newUuid(random);
      const outcome = await run(pool, requestId, payload);
      return { found: true, requestId, version: "$LATEST", ...outcome };
    },
    async invokeAsync(name, payload) {
      if (!pools.has(name)) return undefined;
      const requestId = newUuid(random);
      await asyncCalls.accept({ functionName: name, requestId, payload });
      return requestId;
    },
    credentialsOf: (name) => credentials.get(name),
    figures: () => functionFigures(pools, asyncCalls),
    async close() {
      asyncCalls.close();
      await Promise.all([...pools.values()].map((pool) => pool.close()));
      await asyncCalls.settled();
    },
  };
}

function openAsyncCalls(options: FunctionsOptions, invoke: AsyncCallsOptions["invoke"]) {
  const { definitions, records, clock, logger, random, region, accountId } = options;
  return new AsyncCalls({
    records,
    clock,
    logger,
    retryDelaysMs: options.retryDelaysMs ?? asyncRetryDelaysMsDefault,
    receiverOf(name) {
      const definition = definitions.find((one) => one.name === name);
      if (!definition) return undefined;
      const settings = definition.asyncSettings ?? asyncSettingsDefault;
      const functionArn = `arn:aws:lambda:${region}:${accountId}:function:${name}`;
      return { functionArn, settings, laneWidth: environmentsPerFunctionMax };
    },
    invoke,
    newRequestId: () => newUuid(random),
  });
}

function tryResult(outcome: Outcome): TryResult {
  if (outcome.throttled || outcome.unavailable) return { kind: "unable" };
  const { payload, functionError } = outcome;
  return { kind: functionError ? "failed" : "done", payload, functionError, version: "$LATEST" };
}

/** As AWS X-Ray makes them: the time in seconds, then 96 random bits. Not sampled. */
function newTraceId(random: Random, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000).toString(16);
  return `Root=1-${seconds}-${newHexId(random, 12)};Parent=${newHexId(random, 8)};Sampled=0`;
}
