/** Event source mappings: as requests set them, and as answers tell them. */

import { parseArn } from "../../aws/mod.ts";
import {
  compileFilters,
  type ShownTrigger,
  type TriggerProblem,
  type TriggerSettings,
  triggerLimits,
  triggerProblems,
} from "../../triggers/mod.ts";
import { invalidParameter, type Refusal } from "./answers.ts";
import { checkConstraints, violated } from "./constraints.ts";
import { parseFunctionName } from "./function-name.ts";
import { type Answer, type Body, type ControlCall, no, readNested } from "./operation.ts";

export const mappingPath = /^\/2015-03-31\/event-source-mappings\/([^/]+)$/;
export const mappingsPath = /^\/2015-03-31\/event-source-mappings\/?$/;

/** The members that CreateEventSourceMapping and UpdateEventSourceMapping share. */
export const mappingMembers = {
  FunctionName: "string",
  Enabled: "boolean",
  BatchSize: "number",
  MaximumBatchingWindowInSeconds: "number",
  ParallelizationFactor: "number",
  MaximumRetryAttempts: "number",
  MaximumRecordAgeInSeconds: "number",
  BisectBatchOnFunctionError: "boolean",
  FunctionResponseTypes: "object",
  FilterCriteria: "object",
  DestinationConfig: "object",
  TumblingWindowInSeconds: "number",
} as const;

const ranges = {
  BatchSize: triggerLimits.batchSize,
  MaximumBatchingWindowInSeconds: triggerLimits.batchingWindowSeconds,
  ParallelizationFactor: triggerLimits.lanes,
  MaximumRetryAttempts: triggerLimits.retryAttempts,
  MaximumRecordAgeInSeconds: triggerLimits.recordAgeSeconds,
  TumblingWindowInSeconds: triggerLimits.tumblingWindowSeconds,
} as const;

type Changes = { -readonly [K in keyof TriggerSettings]?: TriggerSettings[K] };

/** What the body sets, or why it cannot be set. */
export function readMapping(body: Body): { readonly changes: Changes } | { refusal: Refusal } {
  const wrong = checkRanges(body);
  if (wrong && "refusal" in wrong) return wrong;
  const changes: Changes = {
    ...numbersOf(body),
    ...(typeof body.Enabled === "boolean" && { isEnabled: body.Enabled }),
    ...(typeof body.BisectBatchOnFunctionError === "boolean" && {
      bisects: body.BisectBatchOnFunctionError,
    }),
  };
  for (const read of [readFunction, readResponseTypes, readFilters, readDestination]) {
    const problem = read(body, changes);
    if (problem !== undefined) return { refusal: invalidParameter(problem) };
  }
  return { changes };
}

function checkRanges(body: Body): Answer | undefined {
  const problem = checkConstraints(body, ranges);
  if (problem) return problem;
  const { MaximumRecordAgeInSeconds: age } = body;
  const { recordAgeSecondsLeast: least } = triggerLimits;
  if (typeof age === "number" && age !== -1 && age < least) {
    const rule = `have value -1, or at least ${least}`;
    return no(violated("MaximumRecordAgeInSeconds", age, rule));
  }
  return undefined;
}

function numbersOf(body: Body): Changes {
  const read = (name: keyof typeof ranges) => body[name] as number | undefined;
  const given: Changes = {
    batchSize: read("BatchSize"),
    batchingWindowSeconds: read("MaximumBatchingWindowInSeconds"),
    tumblingWindowSeconds: read("TumblingWindowInSeconds"),
    lanes: read("ParallelizationFactor"),
    retryAttemptsMax: read("MaximumRetryAttempts"),
    recordAgeSecondsMax: read("MaximumRecordAgeInSeconds"),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function readFunction({ FunctionName: text }: Body, changes: Changes): string | undefined {
  if (text === undefined) return undefined;
  const reference = parseFunctionName(String(text));
  if (!reference) return `"${text}" is no name of a function`;
  changes.functionName = reference.name;
  changes.qualifier = reference.qualifier;
  return undefined;
}

function readResponseTypes(body: Body, changes: Changes): string | undefined {
  const { FunctionResponseTypes: types } = body;
  if (types === undefined) return undefined;
  if (!Array.isArray(types)) return '"FunctionResponseTypes" must be a list';
  const unknown = types.find((type) => type !== "ReportBatchItemFailures");
  if (unknown !== undefined) {
    return `The response type "${unknown}" is not implemented; ReportBatchItemFailures is`;
  }
  changes.reportsItemFailures = types.length > 0;
  return undefined;
}

function readFilters({ FilterCriteria: given }: Body, changes: Changes): string | undefined {
  if (given === undefined) return undefined;
  const criteria = readNested(given, "FilterCriteria", ["Filters"]);
  if (typeof criteria === "string") return criteria;
  const { Filters: list = [] } = criteria;
  if (!Array.isArray(list)) return '"Filters" must be a list';
  const patterns: string[] = [];
  for (const one of list) {
    const filter = readNested(one, "Filters", ["Pattern"]);
    if (typeof filter === "string") return filter;
    patterns.push(String(filter.Pattern ?? ""));
  }
  const compiled = compileFilters(patterns);
  if (!compiled.ok) return `Invalid filter pattern definition. ${compiled.message}`;
  changes.filters = patterns;
  return undefined;
}

function readDestination({ DestinationConfig: given }: Body, changes: Changes): string | undefined {
  if (given === undefined) return undefined;
  const config = readNested(given, "DestinationConfig", ["OnFailure"]);
  if (typeof config === "string") return config;
  const onFailure = readNested(config.OnFailure ?? {}, "OnFailure", ["Destination"]);
  if (typeof onFailure === "string") return onFailure;
  const { Destination: arn } = onFailure;
  if (arn === undefined || arn === "") {
    changes.failureBucket = undefined;
    return undefined;
  }
  const { service, resource } = parseArn(String(arn)) ?? {};
  if (service !== "s3") {
    const what = `Destinations of the service "${service ?? arn}"`;
    return `${what} are not implemented; buckets (S3) are`;
  }
  changes.failureBucket = resource;
  return undefined;
}

/** EventSourceMappingConfiguration, as answers tell it. */
export function tellMapping({ mapping, state, result }: ShownTrigger, call: ControlCall) {
  const { id, functionName, qualifier, filters, failureBucket } = mapping;
  const functionArn = call.functions.control.arnOf(functionName);
  return {
    UUID: id,
    StartingPosition: mapping.startingPosition,
    BatchSize: mapping.batchSize,
    MaximumBatchingWindowInSeconds: mapping.batchingWindowSeconds,
    ParallelizationFactor: mapping.lanes,
    EventSourceArn: mapping.streamArn,
    ...(filters.length > 0 && {
      FilterCriteria: { Filters: filters.map((Pattern) => ({ Pattern })) },
    }),
    FunctionArn: qualifier === undefined ? functionArn : `${functionArn}:${qualifier}`,
    LastModified: mapping.modifiedMs / 1000,
    LastProcessingResult: result,
    State: state,
    StateTransitionReason: "User action",
    DestinationConfig: {
      OnFailure:
        failureBucket === undefined ? {} : { Destination: `arn:aws:s3:::${failureBucket}` },
    },
    MaximumRecordAgeInSeconds: mapping.recordAgeSecondsMax,
    BisectBatchOnFunctionError: mapping.bisects,
    MaximumRetryAttempts: mapping.retryAttemptsMax,
    TumblingWindowInSeconds: mapping.tumblingWindowSeconds,
    FunctionResponseTypes: mapping.reportsItemFailures ? ["ReportBatchItemFailures"] : [],
    EventSourceMappingArn: functionArn.replace(/:function:.*$/, `:event-source-mapping:${id}`),
  };
}

const refusals: Readonly<Record<TriggerProblem["kind"], Omit<Refusal, "message">>> = {
  "not-found": { status: 404, type: "ResourceNotFoundException" },
  "no-function": { status: 404, type: "ResourceNotFoundException" },
  invalid: { status: 400, type: "InvalidParameterValueException" },
  conflict: { status: 409, type: "ResourceConflictException" },
  "in-use": { status: 400, type: "ResourceInUseException" },
};

export function refusedMapping({ kind, message }: TriggerProblem): Answer {
  return no({ ...refusals[kind], message });
}

export const noMapping = refusedMapping(triggerProblems.notFound);
