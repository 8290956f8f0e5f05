/**
 * `AWS::Lambda::EventInvokeConfig`: what becomes of asynchronous calls of a function, or of one of
 * its aliases.
 */

import { asyncSettingsDefault, type Destination } from "../../../functions/mod.ts";
import {
  type Draft,
  defineResource,
  type Resource,
  stackAndLogicalId,
} from "../../resource-type.ts";
import { integer, object, required, text, type ValueOf } from "../../schema.ts";
import { destinationAt } from "./function-async.ts";
import { findBareFunction, hasAlias, latest, writtenOf } from "./function-reference.ts";

const destination = object({ Destination: required(text()) });

const properties = object({
  FunctionName: required(text()),
  Qualifier: required(text()),
  MaximumRetryAttempts: integer(0, 2),
  MaximumEventAgeInSeconds: integer(60, 21_600),
  DestinationConfig: object({ OnSuccess: destination, OnFailure: destination }),
});

type Config = Resource<ValueOf<typeof properties>>;

export const lambdaEventInvokeConfig = defineResource({
  type: "AWS::Lambda::EventInvokeConfig",
  properties,
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: {},
  build(resource, draft) {
    const { properties: given, report } = resource;
    const { Qualifier: qualifier } = given;
    const target = findBareFunction(draft, given.FunctionName);
    if (typeof target === "string") return report(["Properties", "FunctionName"], target);
    const { name } = target;
    if (qualifier !== latest && !hasAlias(draft, target, qualifier)) {
      const message = `the function '${name}' has no alias '${qualifier}' in this template`;
      report(["Properties", "Qualifier"], message);
    }
    const { retryAttemptsMax, eventAgeSecondsMax } = asyncSettingsDefault;
    const settings = {
      retryAttemptsMax: given.MaximumRetryAttempts ?? retryAttemptsMax,
      eventAgeSecondsMax: given.MaximumEventAgeInSeconds ?? eventAgeSecondsMax,
      onSuccess: readDestination("OnSuccess", resource, draft),
      onFailure: readDestination("OnFailure", resource, draft),
    };
    const written = writtenOf(draft, name);
    if (!written) return;
    const { asyncSettings, autoPublish } = draft.functions.find((one) => one.name === name)!;
    const isOfSam = asyncSettings && qualifier === (autoPublish?.alias ?? latest);
    if (isOfSam || Object.hasOwn(written.asyncSettings, qualifier)) {
      report(["Properties", "Qualifier"], `'${name}:${qualifier}' has such settings already`);
    }
    written.asyncSettings[qualifier] = settings;
  },
});

function readDestination(
  when: "OnSuccess" | "OnFailure",
  { properties: given, identity, report }: Config,
  draft: Draft,
): Destination | undefined {
  const arn = given.DestinationConfig?.[when]?.Destination;
  if (arn === undefined) return undefined;
  const read = destinationAt(arn, identity, draft);
  if (typeof read === "object") return read;
  report(["Properties", "DestinationConfig", when, "Destination"], read);
  return undefined;
}
