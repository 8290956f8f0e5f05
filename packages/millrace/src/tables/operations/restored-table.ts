/** The table that a restore makes: like its source, apart from what the request overrides. */

import { checkBilling, onDemandMaxOf, readIndexes, throughputOf } from "../catalog/check-table.ts";
import { keyAttributes, type TableDefinition } from "../catalog/definition.ts";
import type { RestoreInput } from "../request/backup-shapes.ts";
import type { Context } from "./operation.ts";

/** The keys and indexes of the source, with what the request has otherwise. */
export function restoredDefinition(
  { logger }: Context,
  source: TableDefinition,
  input: RestoreInput,
): TableDefinition {
  if (input.SSESpecificationOverride?.Enabled) {
    const { TargetTableName: TableName } = input;
    logger.warn("tables are not encrypted on disk", { TableName });
  }
  const { GlobalSecondaryIndexOverride: globals, LocalSecondaryIndexOverride: locals } = input;
  const { BillingModeOverride: mode, ProvisionedThroughputOverride: units } = input;
  if (mode) checkBilling(mode, units, globals ?? []);
  const { partitionKey, sortKey, indexes: before = [] } = source;
  const table = sortKey ? { partitionKey, sortKey } : { partitionKey };
  const attributes = [source, ...before].flatMap(keyAttributes).map(({ name, type }) => {
    return { AttributeName: name, AttributeType: type };
  });
  const given = readIndexes(locals, globals, { attributes, table });
  const kept = before
    .filter(({ scope }) => !(scope === "local" ? locals : globals))
    .map(({ throughput: own, ...index }) => (mode || !own ? index : { ...index, throughput: own }));
  const billed = units ? throughputOf(units) : mode ? undefined : source.throughput;
  const max = input.OnDemandThroughputOverride;
  const onDemandMax = max ? onDemandMaxOf(max) : source.onDemandMax;
  return {
    name: input.TargetTableName,
    ...table,
    indexes: [...kept, ...given],
    ...(billed ? { throughput: billed } : onDemandMax && { onDemandMax }),
  };
}
