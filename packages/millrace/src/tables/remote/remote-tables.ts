/**
 * Tables that live on a DynamoDB endpoint elsewhere: everything is signed and forwarded.
 *
 * Tables of the template are made there when they are missing; one that is there is left as it is,
 * and only its key is held against the template's. Policies of resources, capacity, expiry,
 * recovery, contributor insights and scaling are the other side's affair.
 */

import { type Clock, type Logger, type Random, textOf, WorldError } from "../../base/mod.ts";
import type { Records } from "../../storage/mod.ts";
import type { TableDefinition } from "../catalog/definition.ts";
import { keySchema } from "../catalog/describe.ts";
import { nameOf } from "../catalog/table-names.ts";
import type { Result } from "../errors.ts";
import { messages } from "../messages.ts";
import { Scaling } from "../scaling/scaling.ts";
import type { Tables } from "../tables.ts";
import { createRequestOf } from "./create-request.ts";
import { createRemoteEndpoint, type RemoteOptions, type SendToRemote } from "./endpoint.ts";

const target = "DynamoDB_20120810";
const streamTarget = "DynamoDBStreams_20120810";

const activePollMs = 500;
const activeWaitMsMax = 120_000;

export interface RemoteTablesPorts {
  readonly remote: RemoteOptions;
  readonly send: SendToRemote;
  readonly records: Records;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

interface Described {
  readonly Table: {
    readonly KeySchema: readonly object[];
    readonly TableStatus: string;
  };
}

/** Nothing is asked of the other side before `define` or the first call. */
export function createRemoteTables(ports: RemoteTablesPorts): Tables {
  const { clock, logger, records, random } = ports;
  const endpoint = createRemoteEndpoint(ports.remote, ports);
  const definitions = new Map<string, TableDefinition>();
  async function call<T>(name: string, request: unknown): Promise<Result<T>> {
    return parsed<T>(await endpoint.ask(`${target}.${name}`, request));
  }
  async function define(definition: TableDefinition): Promise<Result<void>> {
    const { name: TableName, ttlAttribute } = definition;
    warnOfUnserved(definition, logger);
    const found = await call<Described>("DescribeTable", { TableName });
    if (!found.ok && found.error.code !== "ResourceNotFoundException") return found;
    definitions.set(TableName, definition);
    if (found.ok) {
      const [there, wanted] = [found.value.Table.KeySchema, keySchema(definition)];
      if (keyText(there) === keyText(wanted)) return { ok: true, value: undefined };
      const message = messages.keySchemaChanged(TableName);
      return { ok: false, error: { code: "ValidationException", message } };
    }
    const made = await call("CreateTable", createRequestOf(definition));
    if (!made.ok) return made;
    logger.info("table was created on the remote endpoint", { TableName });
    await active(TableName);
    if (ttlAttribute === undefined) return { ok: true, value: undefined };
    const TimeToLiveSpecification = { AttributeName: ttlAttribute, Enabled: true };
    const timed = await call("UpdateTimeToLive", { TableName, TimeToLiveSpecification });
    return timed.ok ? { ok: true, value: undefined } : timed;
  }
  /** Until the table can be written to. */
  async function active(TableName: string): Promise<void> {
    const endMs = clock.monotonic() + activeWaitMsMax;
    for (;;) {
      const found = await call<Described>("DescribeTable", { TableName });
      if (found.ok && found.value.Table.TableStatus === "ACTIVE") return;
      if (clock.monotonic() > endMs) {
        throw new WorldError("TABLES_FAILED", `the table "${TableName}" does not become ACTIVE`);
      }
      await new Promise<void>((resolve) => void clock.after(activePollMs, resolve));
    }
  }
  const nothing = async () => {};
  return {
    isRemote: true,
    // Whoever asks finds no table to scale here.
    scaling: new Scaling({
      ...{ records, clock, random, logger },
      catalog: { get: () => undefined },
      update: async () => "tables live on a remote endpoint",
    }),
    start: nothing,
    tellUnseen() {},
    define,
    call,
    answer: (name, request) => endpoint.ask(`${target}.${name}`, request),
    callStreams: async (name, request) =>
      parsed(await endpoint.ask(`${streamTarget}.${name}`, request)),
    resourcePolicyOf: () => undefined,
    definitionOf: (nameOrArn) => definitions.get(nameOf(nameOrArn)),
    putItem: (input) => call("PutItem", input),
    sweep: async () => 0,
    startSweeping: () => ({ stop: nothing }),
    reportCapacity: () => [],
    figures: () => [],
    settled: nothing,
    close: nothing,
  };
}

/** Names what the template asks for and only the other side could switch on. */
function warnOfUnserved(definition: TableDefinition, logger: Logger): void {
  const { name: TableName, recoveryDays, insights } = definition;
  if (recoveryDays !== undefined) {
    logger.warn("recovery is not switched on at the remote endpoint", { TableName });
  }
  if (insights) {
    logger.warn("contributor insights are not switched on at the remote endpoint", { TableName });
  }
}

function parsed<T>(result: Result<Uint8Array>): Result<T> {
  if (!result.ok) return result;
  try {
    return { ok: true, value: JSON.parse(textOf(result.value)) as T };
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    throw new WorldError("TABLES_FAILED", "the tables' endpoint answered with no JSON", thrown);
  }
}

function keyText(schema: readonly object[]): string {
  return JSON.stringify(
    (schema as readonly { AttributeName: string; KeyType: string }[]).map((key) => [
      key.AttributeName,
      key.KeyType,
    ]),
  );
}
