/** The configuration of asynchronous calls: as requests set it, and as answers tell it. */

import { parseArn } from "../../aws/mod.ts";
import type { AsyncSettings, Destination } from "../../functions/mod.ts";
import { invalidParameter, refusalOf } from "./answers.ts";
import { type Constraints, checkConstraints } from "./constraints.ts";
import { parseFunctionName } from "./function-name.ts";
import { type Answer, type Body, type ControlCall, done, no, readNested } from "./operation.ts";

export const eventInvokeMembers = {
  MaximumRetryAttempts: "number",
  MaximumEventAgeInSeconds: "number",
  DestinationConfig: "object",
} as const;

const constraints: Constraints = {
  MaximumRetryAttempts: { min: 0, max: 2 },
  MaximumEventAgeInSeconds: { min: 60, max: 21_600 },
};

/** Sets what the body names; the rest is as `startFrom` says, given what is set now. */
export async function putEventInvokeConfig(
  call: ControlCall,
  startFrom: (before: AsyncSettings | undefined) => AsyncSettings | undefined,
): Promise<Answer> {
  const { functions, name, qualifier = "$LATEST", body } = call;
  const problem = checkConstraints(body, constraints);
  if (problem) return problem;
  if (Object.keys(body).length === 0) {
    return no(
      invalidParameter("You must specify at least one of error handling or destination setting."),
    );
  }
  const destinations = readDestinations(call);
  if (typeof destinations === "string") return no(invalidParameter(destinations));
  const error = await functions.settings.setAsyncSettings(name, qualifier, (set) => {
    const before = startFrom(set);
    return (
      before && {
        ...before,
        retryAttemptsMax: numberOr(body, "MaximumRetryAttempts", before.retryAttemptsMax),
        eventAgeSecondsMax: numberOr(body, "MaximumEventAgeInSeconds", before.eventAgeSecondsMax),
        ...destinations,
      }
    );
  });
  return error ? no(refusalOf(error)) : done(200, tellEventInvokeConfig(call, qualifier));
}

/** `undefined`: nothing is set for that qualifier. */
export function tellEventInvokeConfig({ functions, name }: ControlCall, qualifier: string) {
  const settings = functions.settings.asyncSettingsOf(name, qualifier);
  if (!settings) return undefined;
  const { arnOf } = functions.control;
  const tell = (one: Destination | undefined) => {
    if (!one) return {};
    if ("busArn" in one) return { Destination: one.busArn };
    const suffix = one.qualifier === undefined ? "" : `:${one.qualifier}`;
    return { Destination: `${arnOf(one.functionName)}${suffix}` };
  };
  return {
    LastModified: settings.lastModifiedMs / 1000,
    FunctionArn: `${arnOf(name)}:${qualifier}`,
    MaximumRetryAttempts: settings.retryAttemptsMax,
    MaximumEventAgeInSeconds: settings.eventAgeSecondsMax,
    DestinationConfig: {
      OnSuccess: tell(settings.onSuccess),
      OnFailure: tell(settings.onFailure),
    },
  };
}

export function missingEventInvokeConfig(
  { functions, name }: Pick<ControlCall, "functions" | "name">,
  qualifier: string,
): Answer {
  const arn = functions.control.arnOf(name);
  const message = `The function ${arn}:${qualifier} doesn't have an EventInvokeConfig`;
  return no({ status: 404, type: "ResourceNotFoundException", message });
}

function readDestinations({
  body,
  functions,
  hasBus,
  name,
}: ControlCall): Partial<AsyncSettings> | string {
  if (body.DestinationConfig === undefined) return {};
  const config = readNested(body.DestinationConfig, "DestinationConfig", [
    "OnSuccess",
    "OnFailure",
  ]);
  if (typeof config === "string") return config;
  const read: Record<string, Destination | undefined> = {};
  for (const when of ["OnSuccess", "OnFailure"]) {
    const given = readNested(config[when] ?? {}, when, ["Destination"]);
    if (typeof given === "string") return given;
    const arn = given.Destination;
    if (arn === undefined) continue;
    const { service, resource } = parseArn(String(arn)) ?? {};
    if (service === "events" && resource?.startsWith("event-bus/")) {
      if (!hasBus(String(arn))) {
        return `The destination ARN ${arn} is invalid: there is no such event bus`;
      }
      read[when === "OnSuccess" ? "onSuccess" : "onFailure"] = { busArn: String(arn) };
      continue;
    }
    if (service !== "lambda") {
      const known = "functions and event buses are";
      return `Destinations of the service "${service ?? arn}" are not implemented; ${known}`;
    }
    const reference = parseFunctionName(String(arn));
    if (!reference || !functions.settings.entryOf(reference.name)) {
      return `The destination ARN ${arn} is invalid: there is no such function`;
    }
    const { name: functionName, qualifier } = reference;
    if (functionName === name) {
      return "You can't specify the function as a destination for itself.";
    }
    read[when === "OnSuccess" ? "onSuccess" : "onFailure"] = { functionName, qualifier };
  }
  return { onSuccess: read.onSuccess, onFailure: read.onFailure };
}

function numberOr(body: Body, name: string, otherwise: number): number {
  const value = body[name];
  return typeof value === "number" ? value : otherwise;
}
