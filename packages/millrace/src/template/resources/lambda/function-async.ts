/** What becomes of a function's asynchronous calls: retries, their age, and destinations. */

import { parseArn } from "../../../aws/mod.ts";
import { busArn, defaultBusName } from "../../../events/mod.ts";
import {
  type AsyncSettings,
  asyncSettingsDefault,
  type Destination,
} from "../../../functions/mod.ts";
import type { Draft, Identity } from "../../resource-type.ts";
import { eventBusArn, eventBusType } from "../events/events-event-bus.ts";
import { findFunction, isArn, nameForArn } from "./function-reference.ts";
import type { FunctionResource } from "./function-schema.ts";

/** `undefined` where the template says nothing. Queues and topics are refused by name. */
export function readAsyncSettings(
  resource: FunctionResource,
  draft: Draft,
): AsyncSettings | undefined {
  const { EventInvokeConfig: given, DeadLetterQueue: queue } = resource.properties;
  if (queue) {
    const message = `dead letters to ${queue.Type} are not implemented; an OnFailure function is`;
    resource.report(["Properties", "DeadLetterQueue", "Type"], message);
  }
  if (!given) return undefined;
  const { retryAttemptsMax, eventAgeSecondsMax } = asyncSettingsDefault;
  return {
    retryAttemptsMax: given.MaximumRetryAttempts ?? retryAttemptsMax,
    eventAgeSecondsMax: given.MaximumEventAgeInSeconds ?? eventAgeSecondsMax,
    onSuccess: readDestination("OnSuccess", resource, draft),
    onFailure: readDestination("OnFailure", resource, draft),
  };
}

function readDestination(
  when: "OnSuccess" | "OnFailure",
  resource: FunctionResource,
  draft: Draft,
): Destination | undefined {
  const { properties, report } = resource;
  const given = properties.EventInvokeConfig?.DestinationConfig?.[when];
  if (!given) return undefined;
  const at = ["Properties", "EventInvokeConfig", "DestinationConfig", when];
  if (given.Type !== "Lambda" && given.Type !== "EventBridge") {
    const known = "Lambda and EventBridge are";
    report([...at, "Type"], `destinations of type ${given.Type} are not implemented; ${known}`);
    return undefined;
  }
  if (given.Destination === undefined) {
    report(at, `'Destination' is missing: SAM makes none for ${given.Type}`);
    return undefined;
  }
  const read = destinationAt(given.Destination, resource.identity, draft);
  const isMeant = typeof read === "object" && "busArn" in read === (given.Type === "EventBridge");
  if (isMeant) return read;
  const what = given.Type === "EventBridge" ? "event bus" : "function";
  const message = `'Destination' is no ${what} of this template: give its ARN with !GetAtt`;
  report([...at, "Destination"], message);
  return undefined;
}

/** The function or event bus of the template that has the ARN, or why there is none. */
export function destinationAt(arn: string, identity: Identity, draft: Draft): Destination | string {
  if (!isArn(arn)) return nameForArn(arn);
  const service = parseArn(arn)?.service;
  if (service === "events") {
    if (isBusHere(arn, identity, draft)) return { busArn: arn };
    return `there is no event bus '${arn}' in this template`;
  }
  if (service !== undefined && service !== "lambda") {
    return `destinations of the service '${service}' are not implemented; functions and buses are`;
  }
  const found = findFunction(draft, arn);
  if (typeof found === "string") return found;
  const { identity: target, qualifier } = found;
  return { functionName: target.name, ...(qualifier !== undefined && { qualifier }) };
}

function isBusHere(arn: string, identity: Identity, draft: Draft): boolean {
  if (arn === busArn(identity, defaultBusName)) return true;
  return draft.findWhere([eventBusType], (bus) => eventBusArn(bus) === arn) !== undefined;
}
