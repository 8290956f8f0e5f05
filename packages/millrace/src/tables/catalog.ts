/**
 * Which tables there are, and what each was when its items were stored.
 *
 * A definition is kept beside the items. A later one with another key is refused, because it could
 * not find them; one with another expiry attribute has the index rebuilt before it takes effect.
 */

import { textOf, utf8 } from "../base/mod.ts";
import type { Records } from "../storage/mod.ts";
import type {
  DescribeTableInput,
  DescribeTableOutput,
  ListTablesInput,
  ListTablesOutput,
} from "./api.ts";
import type { TableDefinition } from "./definition.ts";
import { messages, refuse, refuseInvalid } from "./errors.ts";
import { rebuildExpiry } from "./expiry-rebuild.ts";
import { openTable, type Table } from "./item-store.ts";
import { keyAttributes } from "./keys.ts";
import { listCountMax } from "./limits.ts";
import { readMembers, shapes } from "./members.ts";

const definitionSpace = "tables";

export type Catalog = Map<string, Table>;

/** Puts the table into the catalog once its definition is durable; refuses another key. */
export async function defineTable(
  catalog: Catalog,
  records: Records,
  definition: TableDefinition,
): Promise<void> {
  const address = { space: definitionSpace, key: utf8(definition.name) };
  const stored = await records.get(address);
  const before = stored && (JSON.parse(textOf(stored)) as TableDefinition);
  if (before && keyText(before) !== keyText(definition)) {
    refuseInvalid(messages.keySchemaChanged(definition.name));
  }
  const table = openTable(definition, records);
  if (before && before.ttlAttribute !== definition.ttlAttribute) await rebuildExpiry(table);
  const value = utf8(JSON.stringify(definition));
  await records.update([], () => ({ changes: [{ ...address, value }], result: undefined }));
  catalog.set(definition.name, table);
}

function keyText(definition: TableDefinition): string {
  return JSON.stringify(keyAttributes(definition).map(({ name, type }) => [name, type]));
}

/** Refuses a name that was not defined, in the words of item operations. */
export function findTable(catalog: Catalog, name: string): Table {
  return catalog.get(name) ?? refuse("ResourceNotFoundException", messages.tableNotFound);
}

/** Item count and size are left out: the service's own lag by hours, and ours are not counted. */
export async function describeTable(
  catalog: Catalog,
  request: unknown,
): Promise<DescribeTableOutput> {
  const { TableName } = readMembers<DescribeTableInput>(shapes.describeTable, request);
  const table = catalog.get(TableName);
  if (!table) refuse("ResourceNotFoundException", messages.tableNotFoundByName(TableName));
  const attributes = keyAttributes(table.definition);
  return {
    Table: {
      TableName,
      TableStatus: "ACTIVE",
      AttributeDefinitions: attributes.map(({ name, type }) => ({
        AttributeName: name,
        AttributeType: type,
      })),
      KeySchema: attributes.map(({ name }, at) => ({
        AttributeName: name,
        KeyType: at === 0 ? "HASH" : "RANGE",
      })),
      BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
    },
  };
}

/** Names in order, at most 100 at a time; refuses a higher limit. */
export async function listTables(catalog: Catalog, request: unknown): Promise<ListTablesOutput> {
  const input = readMembers<ListTablesInput>(shapes.listTables, request);
  const { ExclusiveStartTableName: start = "", Limit = listCountMax } = input;
  if (Limit > listCountMax) {
    refuseInvalid(
      messages.violations([
        `Value '${Limit}' at 'limit' failed to satisfy constraint: ` +
          `Member must have value less than or equal to ${listCountMax}`,
      ]),
    );
  }
  const names = [...catalog.keys()].filter((name) => name > start).sort();
  const TableNames = names.slice(0, Limit);
  const cut = names.length > TableNames.length;
  return { TableNames, ...(cut && { LastEvaluatedTableName: TableNames.at(-1)! }) };
}
