/** What becomes of a function's asynchronous calls: retries, their age, and destinations. */

import { busArn, defaultBusName } from "../../../events/mod.ts";
import {
  type AsyncSettings,
  asyncSettingsDefault,
  type Destination,
} from "../../../functions/mod.ts";
import type { Draft, Identity } from "../../resource-type.ts";
import { eventBusArn, eventBusType } from "../events/events-event-bus.ts";
import { findFunction } from "./function-reference.ts";
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
  { properties, identity, report }: FunctionResource,
  draft: Draft,
): Destination | undefined {
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
  if (given.Type === "EventBridge") {
    if (isBusHere(given.Destination, identity, draft)) return { busArn: given.Destination };
    const message = "'Destination' is no event bus of this template: give its ARN with !GetAtt";
    report([...at, "Destination"], message);
    return undefined;
  }
  const found = findFunction(draft, given.Destination);
  if (typeof found === "string") {
    const message = "'Destination' is no function of this template: give its ARN with !GetAtt";
    report([...at, "Destination"], message);
    return undefined;
  }
  const { identity: target, qualifier } = found;
  return { functionName: target.name, ...(qualifier !== undefined && { qualifier }) };
}

function isBusHere(arn: string, identity: Identity, draft: Draft): boolean {
  if (arn === busArn(identity, defaultBusName)) return true;
  return draft.findWhere([eventBusType], (bus) => eventBusArn(bus) === arn) !== undefined;
}
