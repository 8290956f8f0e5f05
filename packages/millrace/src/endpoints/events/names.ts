/** Names of buses and rules in requests, and their ARNs. */

import { parseArn } from "../../aws/mod.ts";
import { defaultBusName, type KeptBus, type KeptRule } from "../../events/mod.ts";
import {
  type EventsCall,
  invalid,
  notValid,
  problemOf,
  type Refusal,
  required,
} from "./operation.ts";

type Refused = { readonly refusal: Refusal };

/** The name of a bus, which may be given as its ARN; absent: the default bus. */
export function busNameOf(given: unknown): string {
  const text = typeof given === "string" ? given : defaultBusName;
  const arn = parseArn(text);
  return arn?.service === "events" ? arn.resource.replace(/^event-bus\//, "") : text;
}

export function readBus(call: EventsCall, member = "EventBusName"): KeptBus | Refused {
  const name = busNameOf(call.input[member]);
  return call.buses.catalogue.bus(name) ?? problemOf({ kind: "no-bus" }, { bus: name });
}

/** The rule of the member, on the bus of `EventBusName`. */
export function readRule(call: EventsCall, member = "Name"): KeptRule | Refused {
  const bus = readBus(call);
  if ("refusal" in bus) return bus;
  const name = required<string>(call.input, member);
  if (typeof name !== "string") return name;
  const rule = call.buses.catalogue.rule(bus.name, name);
  return rule ?? problemOf({ kind: "no-rule" }, { bus: bus.name, rule: name });
}

/** The bus or the rule that `ResourceARN` names. */
export function readResource(call: EventsCall): KeptBus | KeptRule | Refused {
  const given = required<string>(call.input, "ResourceARN");
  if (typeof given !== "string") return given;
  const { catalogue } = call.buses;
  const arn = parseArn(given);
  const [kind, ...rest] = arn?.service === "events" ? arn.resource.split("/") : [];
  if (kind === "event-bus") {
    const bus = rest.join("/");
    return catalogue.bus(bus) ?? problemOf({ kind: "no-bus" }, { bus });
  }
  if (kind !== "rule") return notValid("ResourceARN", `"${given}" is no bus and no rule`);
  const bus = rest.slice(0, -1).join("/") || defaultBusName;
  const rule = rest.at(-1) ?? "";
  return catalogue.rule(bus, rule) ?? problemOf({ kind: "no-rule" }, { bus, rule });
}

export function isBus(found: KeptBus | KeptRule): found is KeptBus {
  return "name" in found;
}

const busForm = /^[/.\w-]{1,256}$/;

/** The name of a bus that is to be made. */
export function readNewBusName({ input }: EventsCall): string | Refused {
  const name = required<string>(input, "Name");
  if (typeof name !== "string") return name;
  if (!busForm.test(name))
    return notValid("Name", `"${name}" is no name: 1 to 256 of A-Z a-z 0-9 _ . - /`);
  if (name.includes("/")) return invalid(`Event bus name ${name} must not contain '/'.`);
  return name;
}
