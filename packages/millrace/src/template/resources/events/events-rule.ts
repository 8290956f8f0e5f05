/**
 * `AWS::Events::Rule`: which events of a bus, or which times, lead to which targets. Patterns,
 * schedules and targets are read by the part that runs them; here they get their places.
 */

import {
  busNameOf,
  defaultBusName,
  eventRuleArn,
  readEventRule,
  readTarget,
  type TargetDefinition,
  type TargetProblem,
  type TargetReceiver,
} from "../../../events/mod.ts";
import { compilePattern, compilePatternText } from "../../../patterns/mod.ts";
import {
  type Draft,
  defineResource,
  type Identity,
  type Path,
  type Resource,
  stackAndLogicalId,
} from "../../resource-type.ts";
import {
  any,
  choice,
  dictionary,
  integer,
  list,
  object,
  required,
  text,
  type ValueOf,
} from "../../schema.ts";
import { fitName } from "../../surroundings.ts";
import { findFunction, mayInvoke, nameOf } from "../lambda/function-reference.ts";
import { logGroupType } from "../logs-log-group.ts";
import { eventBusType, tagList } from "./events-event-bus.ts";

export const eventRuleType = "AWS::Events::Rule";

const target = object({
  Id: required(text()),
  Arn: required(text()),
  RoleArn: text(),
  Input: text(),
  InputPath: text(),
  InputTransformer: object({ InputPathsMap: dictionary(text()), InputTemplate: required(text()) }),
  RetryPolicy: object({
    MaximumRetryAttempts: integer(0, 185),
    MaximumEventAgeInSeconds: integer(60, 86_400),
  }),
});

const properties = object({
  Name: text({
    pattern: /^[.\w-]{1,64}$/,
    form: "the name of a rule: 1 to 64 of A-Z a-z 0-9 _ . -",
  }),
  Description: text(),
  EventBusName: text(),
  EventPattern: any({ numbersAsWritten: true }),
  ScheduleExpression: text(),
  State: choice("ENABLED", "DISABLED"),
  RoleArn: text(),
  Targets: list(target, { max: 5 }),
  Tags: tagList,
});

type EventRule = Resource<ValueOf<typeof properties>>;

export const eventsRule = defineResource({
  type: eventRuleType,
  properties,
  nameProperty: "Name",
  scopeProperty: "EventBusName",
  namespace: "event rule",
  uniqueName: ruleRef,
  defaultName: (stackName, logicalId) => fitName(stackAndLogicalId(stackName, logicalId), 64),
  ref: ruleRef,
  attributes: { Arn: eventRuleArnOf },
  build(resource, draft) {
    const { identity, properties: given, report } = resource;
    const at = (...path: Path) => ["Properties", ...path];
    const bus = busOf(identity);
    if (bus !== defaultBusName && !draft.find([eventBusType], bus)) {
      report(at("EventBusName"), `there is no event bus '${bus}' in this template`);
    }
    const targets = (given.Targets ?? []).map(targetOf);
    checkPattern(resource);
    for (const [index, one] of targets.entries()) checkTarget(index, one, { resource, draft });
    const definition = {
      bus,
      name: identity.name,
      description: given.Description,
      pattern: given.EventPattern === undefined ? undefined : JSON.stringify(given.EventPattern),
      schedule: given.ScheduleExpression,
      isEnabled: given.State !== "DISABLED",
      roleArn: given.RoleArn,
      targets,
    };
    const read = readEventRule({ ...definition, targets: [] }, identity);
    if (!read.ok && read.problem.member !== "pattern" && read.problem.member !== "targets") {
      const { member, message } = read.problem;
      report(at(...placesOfRule[member]), message);
    }
    if (given.Tags) draft.noteWithoutEffect("Tags of AWS::Events::Rule");
    draft.eventRules.push(definition);
  },
});

/** Rules of several buses may have one name. */
function ruleRef(identity: Identity): string {
  const bus = busOf(identity);
  return bus === defaultBusName ? identity.name : `${bus}|${identity.name}`;
}

export function eventRuleArnOf(identity: Identity): string {
  return eventRuleArn(identity, busOf(identity), identity.name);
}

/** A bus may be named by its ARN. */
function busOf(identity: Identity): string {
  return busNameOf(identity, identity.scope ?? defaultBusName);
}

const placesOfRule = {
  name: ["Name"],
  schedule: ["ScheduleExpression"],
  roleArn: ["RoleArn"],
  rule: [],
} as const;

/** As a value, for the places of problems; then as the text that it is kept as, for its bounds. */
function checkPattern({ properties: { EventPattern: pattern }, report }: EventRule): void {
  if (pattern === undefined) return;
  const compiled = compilePattern(pattern);
  const checked = compiled.ok ? compilePatternText(JSON.stringify(pattern)) : compiled;
  if (checked.ok) return;
  for (const { path, message } of checked.problems) {
    report(["Properties", "EventPattern", ...path], message);
  }
}

type GivenTarget = NonNullable<ValueOf<typeof properties>["Targets"]>[number];

function targetOf(given: GivenTarget): TargetDefinition {
  const { InputTransformer: transformer, RetryPolicy: retry } = given;
  return {
    id: given.Id,
    arn: given.Arn,
    roleArn: given.RoleArn,
    input: given.Input,
    inputPath: given.InputPath,
    transformer: transformer && {
      paths: transformer.InputPathsMap ?? {},
      template: transformer.InputTemplate,
    },
    retry: retry && {
      attemptsMax: retry.MaximumRetryAttempts,
      ageSecondsMax: retry.MaximumEventAgeInSeconds,
    },
  };
}

interface Context {
  readonly resource: EventRule;
  readonly draft: Draft;
}

function checkTarget(index: number, definition: TargetDefinition, context: Context): void {
  const { identity, properties: given, report } = context.resource;
  const at = ["Properties", "Targets", index];
  if (given.Targets?.findIndex(({ Id }) => Id === definition.id) !== index) {
    report([...at, "Id"], `a target '${definition.id}' stands here a second time`);
  }
  const read = readTarget(definition, identity);
  if (!read.ok) {
    const { member, path = [], message } = read.problem;
    report([...at, places[member], ...path.map((step) => insides[step] ?? step)], message);
    return;
  }
  const problem = checkReceiver(read.target.receiver, definition, context);
  if (problem !== undefined) report([...at, "Arn"], problem);
}

const places: Readonly<Record<TargetProblem["member"], string>> = {
  id: "Id",
  arn: "Arn",
  roleArn: "RoleArn",
  input: "Input",
  inputPath: "InputPath",
  transformer: "InputTransformer",
  retry: "RetryPolicy",
};

const insides: Readonly<Record<string, string>> = {
  paths: "InputPathsMap",
  template: "InputTemplate",
};

/** What a target names must be in the template. */
function checkReceiver(
  receiver: TargetReceiver,
  definition: TargetDefinition,
  { resource, draft }: Context,
): string | undefined {
  if (receiver.kind === "log") {
    if (draft.find([logGroupType], receiver.groupName)) return undefined;
    return `there is no log group '${receiver.groupName}' in this template`;
  }
  if (receiver.kind === "bus") {
    const isThere = receiver.name === defaultBusName || draft.find([eventBusType], receiver.name);
    return isThere ? undefined : `there is no event bus '${receiver.name}' in this template`;
  }
  const { name, qualifier } = receiver;
  const found = findFunction(draft, qualifier === undefined ? name : `${name}:${qualifier}`);
  if (typeof found === "string") return found;
  const isAllowed = mayInvoke(draft, found, "events.amazonaws.com");
  const hasRole = definition.roleArn !== undefined || resource.properties.RoleArn !== undefined;
  if (isAllowed || hasRole) return undefined;
  draft.note(
    `The rule '${resource.identity.name}' cannot invoke '${nameOf(found)}': ` +
      "an AWS::Lambda::Permission for events.amazonaws.com is missing.",
  );
  return undefined;
}
