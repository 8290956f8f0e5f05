// biome-ignore-all lint/suspicious/noTemplateCurlyInString: rules hold substitution templates
/** For tests: an engine whose services write down what they are asked. */

import { ManualClock, silentLogger, systemRandom, textOf, utf8 } from "../base/mod.ts";
import { openMemoryRecords } from "../storage/mod.ts";
import {
  type ActionDefinition,
  type AttributeMap,
  createRules,
  type Execution,
  type Republication,
  type RuleDefinition,
  type RuleMessage,
  type RulePorts,
} from "./mod.ts";

export const role = "arn:aws:iam::111122223333:role/r";

export const republish = publishTo("out/${room}");

export function publishTo(topic: string, qos: 0 | 1 = 0): ActionDefinition {
  return { republish: { topic, roleArn: role, qos } };
}

export function storeIn(tableName: string): ActionDefinition {
  return { dynamoDBv2: { putItem: { tableName }, roleArn: role } };
}

export function ruleOf(name: string, sql: string, ...actions: ActionDefinition[]): RuleDefinition {
  return { name, sql, sqlVersion: "2016-03-23", enabled: true, actions };
}

export function messageOf(
  topic: string,
  payload: string,
  more: Partial<RuleMessage> = {},
): RuleMessage {
  const origin = { clientId: "c-1", sourceIp: "192.0.2.1", ruleDepth: 0 };
  return { topic, payload: utf8(payload), qos: 0, origin, ...more };
}

/** An engine with ports that record, and turns that end when the test says so. */
export function startEngine(
  definitions: readonly RuleDefinition[],
  ports: Partial<RulePorts> = {},
  onExecution?: (execution: Execution) => void,
) {
  const published: (Omit<Republication, "payload"> & { payload: string })[] = [];
  const invoked: { name: string; event: string; qualifier?: string }[] = [];
  const stored: { table: string; item: AttributeMap }[] = [];
  const log: string[] = [];
  const clock = new ManualClock();
  const turns: (() => void)[] = [];
  const note = (what: string, fields = {}) => log.push(`${what} ${JSON.stringify(fields)}`);
  const created = createRules({
    definitions,
    records: openMemoryRecords(),
    clock,
    random: systemRandom,
    logger: { debug: note, info: note, warn: note, error: note },
    accountId: "111122223333",
    atEndOfTurn: (callback) => turns.push(callback),
    onExecution,
    ports: {
      publish(message) {
        published.push({ ...message, payload: textOf(message.payload) });
        return { accepted: true };
      },
      async invokeAsync(name, event, qualifier) {
        invoked.push({ name, event: textOf(event), ...(qualifier !== undefined && { qualifier }) });
      },
      async putItem(table, item) {
        stored.push({ table, item });
      },
      updateItem: async () => {},
      deleteItem: async () => {},
      ...ports,
    },
  });
  if (!created.ok) throw new Error(JSON.stringify(created.errors));
  const { rules, manager } = created;
  const endTurn = () => {
    for (const callback of turns.splice(0)) callback();
  };
  /** Tells, and lets turns and time pass until everything has settled. */
  async function tell(message: RuleMessage): Promise<void> {
    let isSettled = false;
    const isForOne = message.topic.startsWith("$aws/rules/");
    const told = isForOne ? rules.ingest(message) : rules.tell(message);
    void Promise.resolve(told).then(() => {
      isSettled = true;
    });
    while (!isSettled) {
      endTurn();
      for (let hop = 0; hop < 20; hop += 1) await Promise.resolve();
      if (!isSettled) clock.advance(50);
    }
  }
  return { rules, manager, tell, endTurn, published, invoked, stored, log, clock };
}

/** What is wrong with the definitions, where only broker, functions and tables are there. */
export function errorsOf(...definitions: RuleDefinition[]) {
  const created = createRules({
    definitions,
    records: openMemoryRecords(),
    clock: new ManualClock(),
    random: systemRandom,
    logger: silentLogger,
    accountId: "111122223333",
    atEndOfTurn: () => {},
    ports: {
      publish: () => ({ accepted: true }),
      invokeAsync: async () => {},
      putItem: async () => {},
      updateItem: async () => {},
      deleteItem: async () => {},
    },
  });
  return created.ok ? [] : created.errors;
}
