/**
 * `AWS::DynamoDB::GlobalTable` that has one replica, in the region of the application: a table.
 *
 * What the replica says is the table's. More replicas are refused, and capacity units, which a
 * global table has by auto scaling alone; so is, as everywhere, every property that is not here.
 */

import { defineResource, type Resource, stackAndLogicalId } from "../resource-type.ts";
import { boolean, choice, integer, list, object, required, text, type ValueOf } from "../schema.ts";
import {
  buildTable,
  replicaProperties,
  sharedProperties,
  type Properties as TableProperties,
} from "./dynamodb-table.ts";
import { streamArnOf, tableAttributes, tableTypes } from "./table.ts";
import { globalIndexBase } from "./table-keys.ts";

const units = integer(-1, Number.MAX_SAFE_INTEGER);
const readMost = object({ MaxReadRequestUnits: units });
const writeMost = object({ MaxWriteRequestUnits: units });

const properties = object({
  ...sharedProperties,
  GlobalSecondaryIndexes: list(
    object({ ...globalIndexBase, WriteOnDemandThroughputSettings: writeMost }),
    { min: 1, max: 20 },
  ),
  BillingMode: choice("PROVISIONED", "PAY_PER_REQUEST"),
  WriteOnDemandThroughputSettings: writeMost,
  SSESpecification: object({ SSEEnabled: required(boolean()), SSEType: text() }),
  Replicas: required(
    list(
      object({
        Region: required(text()),
        ReadOnDemandThroughputSettings: readMost,
        ...replicaProperties,
      }),
      { min: 1 },
    ),
  ),
});

type Properties = ValueOf<typeof properties>;

export const dynamodbGlobalTable = defineResource({
  type: tableTypes.global,
  properties,
  nameProperty: "TableName",
  namespace: "table",
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: { ...tableAttributes, StreamArn: streamArnOf },
  build(resource, draft) {
    checkReplicas(resource);
    if (resource.properties.BillingMode !== "PAY_PER_REQUEST") {
      const message =
        "a global table that is not 'PAY_PER_REQUEST' has its capacity by auto scaling settings, " +
        "which are not implemented";
      resource.report(["Properties", "BillingMode"], message);
    }
    buildTable({ ...resource, properties: tableOf(resource.properties) }, draft);
  },
});

function checkReplicas({ identity, properties: { Replicas }, report }: Resource<Properties>) {
  Replicas.forEach(({ Region }, at) => {
    const path = ["Properties", "Replicas", at];
    if (at > 0) report(path, "more than one replica of a global table is not implemented");
    else if (Region !== identity.region) {
      const message = `the one replica must be in the application's region, '${identity.region}'`;
      report([...path, "Region"], message);
    }
  });
}

/** The table that is left of it. */
function tableOf({
  Replicas: [replica],
  BillingMode: _,
  WriteOnDemandThroughputSettings: write,
  GlobalSecondaryIndexes,
  ...shared
}: Properties): TableProperties {
  const { Region: __, ReadOnDemandThroughputSettings: read, ...own } = replica!;
  const indexes = GlobalSecondaryIndexes?.map(
    ({ WriteOnDemandThroughputSettings: most, ...index }) => {
      return { ...index, ...(most && { OnDemandThroughput: most }) };
    },
  );
  return {
    ...shared,
    ...own,
    BillingMode: "PAY_PER_REQUEST",
    ...(indexes && { GlobalSecondaryIndexes: indexes }),
    ...((read ?? write) && { OnDemandThroughput: { ...read, ...write } }),
  };
}
