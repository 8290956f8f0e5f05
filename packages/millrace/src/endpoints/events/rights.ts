/**
 * What each operation of EventBridge needs leave for. [Service Authorization
 * Reference: EventBridge]
 *
 * A rule is asked for as that of its bus; a role that a rule or a target shall act in must be one
 * that the caller may pass.
 */

import { busArn, eventRuleArn } from "../../events/mod.ts";
import type { AccountFacts, Need } from "../../identity/mod.ts";
import {
  arnOf,
  listOf,
  type Members,
  membersOf,
  passRole,
  textOf,
  unknownRight,
} from "../rights.ts";
import { busNamed, canonicalArn } from "./names.ts";

type Right = (input: Members, account: AccountFacts) => string;

const bus: Right = ({ Name }, account) => busArn(account, busNamed(Name, account));

const allBuses: Right = (_, account) => arnOf(account, "events", "event-bus/*");

const rulesOfBus: Right = ({ EventBusName }, account) =>
  eventRuleArn(account, busNamed(EventBusName, account), "*");

const rule: Right = ({ Name, Rule, EventBusName }, account) =>
  eventRuleArn(account, busNamed(EventBusName, account), textOf(Name) || textOf(Rule));

const named: Right = ({ ResourceARN }, account) =>
  canonicalArn(textOf(ResourceARN), account) || "*";

const nothing: Right = () => "*";

const rights: Readonly<Record<string, Right>> = {
  CreateEventBus: bus,
  DeleteEventBus: bus,
  DeleteRule: rule,
  DescribeEventBus: bus,
  DescribeRule: rule,
  DisableRule: rule,
  EnableRule: rule,
  ListEventBuses: allBuses,
  ListRuleNamesByTarget: rulesOfBus,
  ListRules: rulesOfBus,
  ListTagsForResource: named,
  ListTargetsByRule: rule,
  PutRule: rule,
  PutTargets: rule,
  RemoveTargets: rule,
  TagResource: named,
  TestEventPattern: nothing,
  UntagResource: named,
};

/** Whether the operation has an entry. */
export function hasRight(operation: string): boolean {
  return operation === "PutEvents" || Object.hasOwn(rights, operation);
}

/** What the caller of the operation must be allowed to. */
export function needsOf(operation: string, input: Members, account: AccountFacts): Need[] {
  if (operation === "PutEvents") return listOf(input.Entries).map((one) => sending(one, account));
  const right = Object.hasOwn(rights, operation) ? rights[operation] : undefined;
  if (!right) return unknownRight("events", operation);
  const need = { action: `events:${operation}`, resource: right(input, account) };
  return [need, ...rolesOf(input).map((role) => passRole(role, "events.amazonaws.com"))];
}

function sending(entry: unknown, account: AccountFacts): Need {
  const { EventBusName, Source, DetailType } = membersOf(entry);
  return {
    action: "events:PutEvents",
    resource: busArn(account, busNamed(EventBusName, account)),
    keys: () => ({
      "events:source": textOf(Source),
      "events:detail-type": textOf(DetailType),
    }),
  };
}

function rolesOf({ RoleArn, Targets }: Members): string[] {
  const all = [RoleArn, ...listOf(Targets).map((target) => membersOf(target).RoleArn)];
  return all.map(textOf).filter((role) => role !== "");
}
