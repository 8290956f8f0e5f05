/** Names of buses and rules in requests, and their ARNs. */

import {
  busArn,
  busNameOf,
  defaultBusName,
  eventRuleArn,
  type KeptBus,
  type KeptRule,
} from "../../events/mod.ts";
import {
  type EventsCall,
  invalid,
  notValid,
  problemOf,
  type Refusal,
  refuse,
  required,
} from "./operation.ts";

type Account = EventsCall["account"];
type Refused = { readonly refusal: Refusal };

/** The name of a bus, which may be given as its ARN; absent: the default bus. */
export function busNamed(given: unknown, account: Account): string {
  return busNameOf(account, typeof given === "string" ? given : defaultBusName);
}

export function readBus(call: EventsCall, member = "EventBusName"): KeptBus | Refused {
  const name = busNamed(call.input[member], call.account);
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
  const named = namedBy(given, call.account);
  if (!named) {
    const isElsewhere = /^arn:[^:]*:events:[^:]*:[^:]*:(event-bus|rule)\//.test(given);
    if (isElsewhere) return refuse("ResourceNotFoundException", `${given} does not exist.`);
    return notValid("ResourceARN", `"${given}" is no bus and no rule`);
  }
  const { bus, rule } = named;
  if (rule === undefined) return catalogue.bus(bus) ?? problemOf({ kind: "no-bus" }, { bus });
  return catalogue.rule(bus, rule) ?? problemOf({ kind: "no-rule" }, { bus, rule });
}

/** The ARN as it is made here: that of a rule of the default bus has a longer form too. */
export function canonicalArn(arn: string, account: Account): string {
  const named = namedBy(arn, account);
  if (!named) return arn;
  const { bus, rule } = named;
  return rule === undefined ? busArn(account, bus) : eventRuleArn(account, bus, rule);
}

interface Named {
  readonly bus: string;
  /** Absent: the bus itself. */
  readonly rule?: string;
}

/** `undefined`: the ARN is of nothing that may be here. */
function namedBy(arn: string, account: Account): Named | undefined {
  const bus = busNameOf(account, arn);
  if (bus !== arn) return { bus };
  const prefix = eventRuleArn(account, defaultBusName, "");
  if (!arn.startsWith(prefix)) return undefined;
  const steps = arn.slice(prefix.length).split("/");
  const rule = steps.pop()!;
  return { bus: steps.join("/") || defaultBusName, rule };
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
