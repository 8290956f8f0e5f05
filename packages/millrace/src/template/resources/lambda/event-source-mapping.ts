/**
 * `AWS::Lambda::EventSourceMapping`, and what SAM makes of a function's `DynamoDB` event: the
 * stream of a table of this template that calls a function.
 *
 * Which stream that is shows once the table is there, so that here the table is found. Other kinds
 * of event source are refused by name.
 */

import { parseArn } from "../../../aws/mod.ts";
import {
  compileFilters,
  settingsDefault,
  type TriggerDefinition,
  templateTriggerId,
  triggerLimits,
  triggerProblems,
} from "../../../triggers/mod.ts";
import {
  type Draft,
  defineResource,
  type Identity,
  type Resource,
  stackAndLogicalId,
} from "../../resource-type.ts";
import {
  boolean,
  choice,
  integer,
  list,
  object,
  required,
  text,
  type ValueOf,
} from "../../schema.ts";
import { bucketType } from "../s3-bucket.ts";
import { streamArnOf, tableTypes } from "../table.ts";
import { noteTags, tags } from "../tags.ts";
import { findFunction } from "./function-reference.ts";

export const eventSourceMappingType = "AWS::Lambda::EventSourceMapping";

function within({ min, max }: { readonly min: number; readonly max: number }) {
  return integer(min, max);
}

const properties = object({
  EventSourceArn: required(text()),
  FunctionName: required(text()),
  StartingPosition: required(choice("TRIM_HORIZON", "LATEST")),
  Enabled: boolean(),
  BatchSize: within(triggerLimits.batchSize),
  MaximumBatchingWindowInSeconds: within(triggerLimits.batchingWindowSeconds),
  ParallelizationFactor: within(triggerLimits.lanes),
  MaximumRetryAttempts: within(triggerLimits.retryAttempts),
  MaximumRecordAgeInSeconds: within(triggerLimits.recordAgeSeconds),
  BisectBatchOnFunctionError: boolean(),
  FunctionResponseTypes: list(choice("ReportBatchItemFailures"), { max: 1 }),
  FilterCriteria: object({ Filters: list(object({ Pattern: required(text()) })) }),
  DestinationConfig: object({
    OnFailure: object({ Destination: required(text()) }),
  }),
  TumblingWindowInSeconds: within(triggerLimits.tumblingWindowSeconds),
  Tags: tags,
});

type MappingResource = Resource<ValueOf<typeof properties>>;

export const eventSourceMapping = defineResource({
  type: eventSourceMappingType,
  properties,
  defaultName: stackAndLogicalId,
  ref: idOf,
  attributes: { Id: idOf, EventSourceMappingArn: arnOf },
  build(resource, draft) {
    const { identity, properties: given, mark } = resource;
    const id = idOf(identity);
    mark(`trigger:${id}`, []);
    const tableName = findTable(resource, draft);
    const called = findCalled(resource, draft);
    const failureBucket = findBucket(resource, draft);
    checkFilters(resource);
    checkOthers(resource);
    noteTags(given.Tags, eventSourceMappingType, draft);
    if (tableName === undefined || called === undefined) return;
    const { name: functionName } = called.identity;
    const { qualifier } = called;
    const named = { functionName, ...(qualifier !== undefined && { qualifier }) };
    const ids = { id, tableName, ...named, failureBucket };
    draft.triggers.push({ ...ids, ...settingsOf(given) });
  },
});

function settingsOf(
  given: ValueOf<typeof properties>,
): Omit<TriggerDefinition, "id" | "tableName" | "functionName" | "qualifier" | "failureBucket"> {
  return {
    startingPosition: given.StartingPosition,
    isEnabled: given.Enabled ?? settingsDefault.isEnabled,
    batchSize: given.BatchSize ?? settingsDefault.batchSize,
    batchingWindowSeconds:
      given.MaximumBatchingWindowInSeconds ?? settingsDefault.batchingWindowSeconds,
    tumblingWindowSeconds: given.TumblingWindowInSeconds ?? settingsDefault.tumblingWindowSeconds,
    lanes: given.ParallelizationFactor ?? settingsDefault.lanes,
    retryAttemptsMax: given.MaximumRetryAttempts ?? settingsDefault.retryAttemptsMax,
    recordAgeSecondsMax: given.MaximumRecordAgeInSeconds ?? settingsDefault.recordAgeSecondsMax,
    bisects: given.BisectBatchOnFunctionError ?? settingsDefault.bisects,
    reportsItemFailures: (given.FunctionResponseTypes ?? []).length > 0,
    filters: (given.FilterCriteria?.Filters ?? []).map(({ Pattern }) => Pattern),
  };
}

function idOf({ stackName, logicalId }: Identity): string {
  return templateTriggerId(stackName, logicalId);
}

function arnOf(identity: Identity): string {
  const { partition, region, accountId } = identity;
  return `arn:${partition}:lambda:${region}:${accountId}:event-source-mapping:${idOf(identity)}`;
}

function findTable({ properties: given, report }: MappingResource, draft: Draft) {
  const { EventSourceArn: arn } = given;
  const at = ["Properties", "EventSourceArn"];
  const types = [tableTypes.table, tableTypes.global];
  const table = draft.findWhere(types, (identity) => streamArnOf(identity) === arn);
  if (table) {
    const definition = draft.tables.find(({ name }) => name === table.name);
    if (definition && definition.streamView === undefined) {
      report(at, `the table '${table.name}' has no stream: give it a StreamSpecification`);
    }
    return definition && table.name;
  }
  const service = parseArn(arn)?.service;
  report(
    at,
    service === undefined || service === "dynamodb"
      ? `'${arn}' is no stream of a table of this template: give it with !GetAtt Table.StreamArn`
      : `event sources of the service '${service}' are not implemented; streams of tables are`,
  );
  return undefined;
}

function findCalled({ properties: given, report }: MappingResource, draft: Draft) {
  const found = findFunction(draft, given.FunctionName);
  if (typeof found === "object") return found;
  report(["Properties", "FunctionName"], found);
  return undefined;
}

function findBucket({ properties: given, report }: MappingResource, draft: Draft) {
  const arn = given.DestinationConfig?.OnFailure?.Destination;
  if (arn === undefined) return undefined;
  const at = ["Properties", "DestinationConfig", "OnFailure", "Destination"];
  const service = parseArn(arn)?.service;
  if (service !== "s3") {
    const what = `destinations of the service '${service ?? arn}'`;
    report(at, `${what} are not implemented; buckets (S3) are`);
    return undefined;
  }
  const bucket = draft.findWhere(
    [bucketType],
    (identity, type) => type.attributes.Arn?.(identity) === arn,
  );
  if (!bucket) report(at, `there is no bucket '${arn}' in this template`);
  return bucket?.name;
}

function checkFilters({ properties: given, report }: MappingResource): void {
  const filters = (given.FilterCriteria?.Filters ?? []).map(({ Pattern }) => Pattern);
  const compiled = compileFilters(filters);
  if (compiled.ok) return;
  const { index, message } = compiled;
  const at = ["Properties", "FilterCriteria", "Filters"];
  report(index === undefined ? at : [...at, index, "Pattern"], message);
}

function checkOthers({ properties: given, report }: MappingResource): void {
  const { MaximumRecordAgeInSeconds: age = -1, TumblingWindowInSeconds: window = 0 } = given;
  const { ParallelizationFactor: lanes = 1 } = given;
  const { recordAgeSecondsLeast: least } = triggerLimits;
  if (age !== -1 && age < least) {
    const message = `${age} is neither -1, without a bound, nor at least ${least}`;
    report(["Properties", "MaximumRecordAgeInSeconds"], message);
  }
  if (window > 0 && lanes > 1) {
    const { message } = triggerProblems.windowWithLanes;
    report(["Properties", "TumblingWindowInSeconds"], message);
  }
}
