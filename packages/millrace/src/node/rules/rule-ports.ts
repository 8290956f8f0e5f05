/** What the rules need of the other services: the few functions that they are handed. */

import { type Clock, WorldError } from "../../base/mod.ts";
import type { Broker, PublishOutcome } from "../../broker/mod.ts";
import type { Functions } from "../../functions/mod.ts";
import type { Devices } from "../../identity/mod.ts";
import type { Logs } from "../../logs/mod.ts";
import type { Objects, ObjectToWrite, WriteOutcome } from "../../objects/mod.ts";
import type {
  Destinations,
  MetricSeries,
  Publication,
  Republication,
  RulePorts,
} from "../../rules/mod.ts";
import type { Shadows } from "../../shadows/mod.ts";
import type { Result, Tables } from "../../tables/mod.ts";
import { postOverHttp } from "../http-client.ts";
import { writeRuleLog } from "../logs.ts";
import { createStatementServices } from "./statement-services.ts";

export interface RuleServices {
  /** Asked only when a rule publishes: the broker is made after the rules. */
  readonly broker: () => Broker;
  readonly functions: Functions;
  readonly tables: Tables;
  readonly objects: Pick<Objects, "write">;
  readonly metrics: MetricSeries;
  readonly devices: Devices;
  readonly shadows: Pick<Shadows, "get">;
  readonly destinations: Pick<Destinations, "want" | "problemOf">;
  readonly clock: Clock;
  readonly logs: Logs;
}

export function createRulePorts(services: RuleServices): RulePorts {
  const { functions, tables, devices, shadows, objects, metrics, clock, logs } = services;
  return {
    publish: (message) => publishFromRule(services.broker(), message),
    async invokeAsync(name, event, qualifier) {
      const found = await functions.invokeAsync(name, event, { qualifier });
      const shown = qualifier === undefined ? name : `${name}:${qualifier}`;
      if (!found) throw new Error(`there is no function "${shown}"`);
    },
    async putItem(tableName, item) {
      accept(await tables.putItem({ TableName: tableName, Item: item }));
    },
    async updateItem(tableName, key, set) {
      accept(
        await tables.call("UpdateItem", { TableName: tableName, Key: key, ...settingAll(set) }),
      );
    },
    async deleteItem(tableName, key) {
      accept(await tables.call("DeleteItem", { TableName: tableName, Key: key }));
    },
    async putObject(object) {
      const outcome = await objects.write(object);
      if (outcome !== "stored") throw new Error(problemsOfObjects[outcome](object));
    },
    writeLog: (groupName, entries, ruleName) => {
      return writeRuleLog(logs, { groupName, ruleName, entries });
    },
    putMetric: metrics.put,
    http: { send: postOverHttp, destinations: services.destinations },
    services: createStatementServices({ functions, tables, devices, shadows, clock }),
  };
}

const problemsOfObjects: Record<
  Exclude<WriteOutcome, "stored">,
  (object: ObjectToWrite) => string
> = {
  "no-such-bucket": ({ bucketName }) => `there is no bucket "${bucketName}"`,
  "read-only": ({ bucketName }) =>
    `the objects of bucket "${bucketName}" are files of a folder, which rules do not write`,
  "key-invalid": ({ key }) => `"${key}" is no key of an object`,
};

function publishFromRule(
  broker: Broker,
  message: Republication,
): Publication | Promise<Publication> {
  const { topic, payload, qos, origin, properties, expirySeconds } = message;
  const expiresAtMs = expirySeconds === undefined ? undefined : broker.expiresAtMs(expirySeconds);
  // Member by member: this is on the way of every message that a rule moves.
  const published = { topic, payload, qos, retain: false, origin, properties, expiresAtMs };
  const outcome = broker.publish(published);
  return outcome instanceof Promise ? outcome.then(publicationOf) : publicationOf(outcome);
}

/** What could not be stored may be stored at the next attempt; any other refusal is final. */
function publicationOf(outcome: PublishOutcome): Publication {
  if (outcome.accepted || outcome.refusal !== "not-stored") return outcome;
  throw new WorldError("NOT_STORED", outcome.reason);
}

/** An update that gives an item these attributes. */
function settingAll<T>(attributes: Readonly<Record<string, T>>) {
  const names = Object.keys(attributes);
  const pairs = names.map((_, at) => `#n${at} = :v${at}`);
  return {
    UpdateExpression: `SET ${pairs.join(", ")}`,
    ExpressionAttributeNames: Object.fromEntries(names.map((name, at) => [`#n${at}`, name])),
    ExpressionAttributeValues: Object.fromEntries(
      names.map((name, at) => [`:v${at}`, attributes[name]!]),
    ),
  };
}

function accept(result: Result<unknown>): void {
  if (result.ok) return;
  const { code, message } = result.error;
  throw new Error(`${code}: ${message}`);
}
