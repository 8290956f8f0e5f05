/**
 * What SAM makes besides the resources that are written down: the role of a function, its own
 * address, the rules and event source mappings of its events, and the API that its events belong to
 * when they name none.
 *
 * They can be referred to by SAM's own logical ids. Their definitions come from the function that
 * stands for them; only the APIs are resources of their own.
 */

import type { Declaration } from "./declarations.ts";
import type { Dependencies } from "./dependencies.ts";
import { type Globals, mergeGlobals } from "./globals.ts";
import { listAt, type MapNode, mapAt, scalarAt, type TemplateNode } from "./nodes.ts";
import type { Problems } from "./problems.ts";
import type { ResourceType } from "./resource-type.ts";
import type { Constants } from "./stack.ts";

export const implicitRestApi = "ServerlessRestApi";
export const implicitHttpApi = "ServerlessHttpApi";

export interface ServerlessContext {
  readonly types: ReadonlyMap<string, ResourceType>;
  readonly globals: Globals;
  readonly dependencies: Dependencies;
  /** Of parameters: SAM looks into no other reference when it names what it makes. */
  readonly constants: Constants;
  readonly problems: Problems;
}

/** Adds to `declarations` what its functions imply. */
export function declareImplied(
  declarations: Map<string, Declaration>,
  context: ServerlessContext,
): void {
  const declare = (implied: Declaration) => {
    if (!declarations.has(implied.logicalId)) declarations.set(implied.logicalId, implied);
  };
  for (const owner of [...declarations.values()]) {
    if (owner.type?.type !== "AWS::Serverless::Function" || owner.disabledBy) continue;
    if (!owner.properties) continue;
    const base = { place: owner.place, dependsOn: [], retained: false };
    if (!owner.properties.entries.has("Role")) {
      const logicalId = roleOf(owner.logicalId);
      declare({ ...base, logicalId, type: context.types.get("AWS::IAM::Role")! });
      context.dependencies.add(owner.logicalId, logicalId, owner.place);
    }
    declareAlias(owner, declare, context);
    declareUrl(owner, declare, context);
    for (const event of eventsOf(owner.properties)) declareEvent(event, owner, declare, context);
  }
}

/** The logical id of the resource that the references in a function's property belong to. */
export function ownerOfProperty(logicalId: string, property: string): string {
  if (property === "Policies") return roleOf(logicalId);
  return property === "Events" ? `${logicalId} events` : logicalId;
}

export function roleOf(functionId: string): string {
  return `${functionId}Role`;
}

/** The name of the rule of an event: the logical ids of function and event in one. */
export function ruleOf(functionId: string, eventId: string): string {
  return `${functionId}${eventId}`;
}

/** The logical id of the address that `FunctionUrlConfig` makes. */
export function urlOf(functionId: string): string {
  return `${functionId}Url`;
}

/** The logical id of the alias: SAM writes hyphens and underscores as letters. */
function aliasIdOf(functionId: string, alias: string): string {
  return `${functionId}Alias${alias.replaceAll("-", "D").replaceAll("_", "U")}`;
}

/** `AutoPublishAlias` is an `AWS::Lambda::Alias` under a logical id that has its name in it. */
function declareAlias(
  { logicalId: functionId, properties }: Declaration,
  declare: (implied: Declaration) => void,
  { types, dependencies, constants, problems }: ServerlessContext,
): void {
  const given = properties?.entries.get("AutoPublishAlias");
  if (!given || given.kind === "unknown") return;
  const name = textKnownAtOnce(given, constants);
  if (name === undefined) {
    const message =
      "'AutoPublishAlias' is a text or the Ref of a parameter, as SAM needs to know it";
    problems.report(given.place, message);
    return;
  }
  const { place, keyPlace } = given;
  const argument = scalarAt(given, functionId);
  const target = { kind: "call", name: "Ref", argument, place, keyPlace } as const;
  const members = new Map<string, TemplateNode>([
    ["FunctionName", target],
    ["Name", given],
  ]);
  const logicalId = aliasIdOf(functionId, name);
  const type = types.get("AWS::Lambda::Alias")!;
  const base = { place: keyPlace, dependsOn: [], retained: false };
  declare({ ...base, logicalId, type, properties: mapAt(given, members) });
  dependencies.add(logicalId, functionId, keyPlace);
}

/**
 * The logical id that SAM gives to the stage of its API: with the stage's name, if that is written
 * out; `undefined` for other resources, and where a digest would be part of the id.
 */
export function stageIdOf({ logicalId, type, properties }: Declaration): string | undefined {
  const http = type?.type === "AWS::Serverless::HttpApi";
  if (!http && type?.type !== "AWS::Serverless::Api") return undefined;
  const given = properties?.entries.get("StageName");
  const name = given && (given.kind === "scalar" ? String(given.value) : "");
  if (http && (name ?? "$default") === "$default") return `${logicalId}ApiGatewayDefaultStage`;
  return name !== undefined && /^[A-Za-z0-9]*$/.test(name) ? `${logicalId}${name}Stage` : undefined;
}

function textKnownAtOnce(node: TemplateNode, constants: Constants): string | undefined {
  if (node.kind === "scalar") return String(node.value);
  if (node.kind !== "call" || node.name !== "Ref") return undefined;
  const value = node.argument.kind === "scalar" && constants.get(String(node.argument.value));
  return typeof value === "string" ? value : undefined;
}

/** What a function's events lead to, as `Ref` gives it: its alias, where it has one. */
function calledBy({ logicalId, properties }: Declaration): string {
  return properties?.entries.has("AutoPublishAlias") ? `${logicalId}.Alias` : logicalId;
}

/** `FunctionUrlConfig` is an `AWS::Lambda::Url` that names the function. */
function declareUrl(
  owner: Declaration,
  declare: (implied: Declaration) => void,
  { types, dependencies }: ServerlessContext,
): void {
  const config = owner.properties?.entries.get("FunctionUrlConfig");
  if (config?.kind !== "map") return;
  const { place, keyPlace } = config;
  const argument = scalarAt(config, owner.logicalId);
  const target = { kind: "call", name: "Ref", argument, place, keyPlace } as const;
  const members = new Map<string, TemplateNode>([...config.entries, ["TargetFunctionArn", target]]);
  const alias = owner.properties?.entries.get("AutoPublishAlias");
  if (alias) members.set("Qualifier", alias);
  const properties = mapAt(config, members);
  const logicalId = urlOf(owner.logicalId);
  const type = types.get("AWS::Lambda::Url")!;
  declare({ logicalId, type, properties, place: keyPlace, dependsOn: [], retained: false });
  dependencies.add(logicalId, owner.logicalId, keyPlace);
}

interface Event {
  readonly id: string;
  readonly type: string;
  readonly node: TemplateNode;
  readonly properties: MapNode;
}

function eventsOf(properties: MapNode): Event[] {
  const events = properties.entries.get("Events");
  if (events?.kind !== "map") return [];
  return [...events.entries].flatMap(([id, node]) => {
    const type = node.kind === "map" ? node.entries.get("Type") : undefined;
    if (node.kind !== "map" || type?.kind !== "scalar") return [];
    const own = node.entries.get("Properties");
    const found = own?.kind === "map" ? own : mapAt(node, new Map());
    return [{ id, type: String(type.value), node, properties: found }];
  });
}

function declareEvent(
  event: Event,
  owner: Declaration,
  declare: (implied: Declaration) => void,
  context: ServerlessContext,
): void {
  const { types, globals, dependencies } = context;
  const base = { place: event.node.keyPlace, dependsOn: [], retained: false };
  if (event.type === "IoTRule") {
    const logicalId = ruleOf(owner.logicalId, event.id);
    declare({ ...base, logicalId, name: logicalId, type: types.get("AWS::IoT::TopicRule")! });
    dependencies.add(logicalId, owner.logicalId, event.node.keyPlace);
  }
  if (isRuleOfBus(event.type)) {
    const logicalId = ruleOf(owner.logicalId, event.id);
    const properties = propertiesOfRule(event, owner, logicalId);
    declare({ ...base, logicalId, properties, type: types.get("AWS::Events::Rule")! });
    dependencies.add(logicalId, owner.logicalId, event.node.keyPlace);
  }
  if (event.type === "DynamoDB") {
    const logicalId = ruleOf(owner.logicalId, event.id);
    const properties = propertiesOfMapping(event, owner);
    const type = types.get("AWS::Lambda::EventSourceMapping")!;
    declare({ ...base, logicalId, properties, type });
    dependencies.add(logicalId, owner.logicalId, event.node.keyPlace);
  }
  if (event.type !== "Api" && event.type !== "HttpApi") return;
  const rest = event.type === "Api";
  const named = event.properties.entries.get(rest ? "RestApiId" : "ApiId");
  if (!named) {
    const logicalId = rest ? implicitRestApi : implicitHttpApi;
    const type = types.get(rest ? "AWS::Serverless::Api" : "AWS::Serverless::HttpApi")!;
    const stage = new Map(rest ? [["StageName", implicitStage(event.node)]] : []);
    const properties = mergeGlobals(globals.get(type.type), mapAt(event.node, stage));
    declare({ ...base, logicalId, type, properties });
    dependencies.add(logicalId, owner.logicalId, event.node.keyPlace);
  } else if (named.kind === "call" && named.name === "Ref" && named.argument.kind === "scalar") {
    dependencies.add(String(named.argument.value), owner.logicalId, named.place);
  }
}

function isRuleOfBus(type: string): boolean {
  return ["EventBridgeRule", "CloudWatchEvent", "Schedule"].includes(type);
}

/** What SAM's event calls a member, and what the rule that is made of it does. */
const ruleMembers: Readonly<Record<string, string>> = {
  Pattern: "EventPattern",
  EventBusName: "EventBusName",
  RuleName: "Name",
  Schedule: "ScheduleExpression",
  Name: "Name",
  Description: "Description",
  State: "State",
};
const targetMembers = ["Input", "InputPath", "InputTransformer", "RetryPolicy", "RoleArn"];

/** As SAM makes it: the rule, and the function as its one target. */
function propertiesOfRule(event: Event, owner: Declaration, logicalId: string): MapNode {
  const { node, properties } = event;
  const rule = new Map<string, TemplateNode>();
  const target = new Map<string, TemplateNode>();
  for (const [name, value] of properties.entries) {
    const member = Object.hasOwn(ruleMembers, name) ? ruleMembers[name] : undefined;
    if (member !== undefined) rule.set(member, value);
    if (name === "Enabled" && !rule.has("State")) rule.set("State", stateOf(value));
    if (targetMembers.includes(name)) target.set(name, value);
  }
  const given = properties.entries.get("Target");
  const id = given?.kind === "map" ? given.entries.get("Id") : undefined;
  target.set("Id", id ?? scalarAt(node, `${logicalId}LambdaTarget`));
  const { place, keyPlace } = node;
  const called = calledBy(owner);
  const isAlias = called !== owner.logicalId;
  const name = isAlias ? "Ref" : "Fn::GetAtt";
  const argument = scalarAt(node, isAlias ? called : `${called}.Arn`);
  target.set("Arn", { kind: "call", name, argument, place, keyPlace });
  rule.set("Targets", listAt(node, [mapAt(node, target)]));
  return mapAt(node, rule);
}

/** The event's own members, and the function. */
function propertiesOfMapping({ node, properties }: Event, owner: Declaration): MapNode {
  const { place, keyPlace } = node;
  const argument = scalarAt(node, calledBy(owner));
  const members = new Map<string, TemplateNode>([
    ["FunctionName", { kind: "call", name: "Ref", argument, place, keyPlace }],
  ]);
  for (const [name, value] of properties.entries) {
    if (name === "Stream") members.set("EventSourceArn", value);
    else members.set(name, name === "DestinationConfig" ? withoutType(value) : value);
  }
  return mapAt(node, members);
}

/** SAM's destination names its type beside its ARN, which says it too. */
function withoutType(config: TemplateNode): TemplateNode {
  const onFailure = config.kind === "map" ? config.entries.get("OnFailure") : undefined;
  if (config.kind !== "map" || onFailure?.kind !== "map") return config;
  const members = [...onFailure.entries].filter(([name]) => name !== "Type");
  const bare = mapAt(onFailure, new Map(members));
  return mapAt(config, new Map([...config.entries, ["OnFailure", bare]]));
}

/** A word that says it here; anything else is refused where the state is checked. */
function stateOf(value: TemplateNode): TemplateNode {
  if (value.kind !== "scalar" || typeof value.value !== "boolean") return value;
  return scalarAt(value, value.value ? "ENABLED" : "DISABLED");
}

/** SAM's implicit REST API has one stage, `Prod`. */
function implicitStage(node: TemplateNode): TemplateNode {
  const { place, keyPlace } = node;
  const text = { rows: [{ ...place, offset: 0 }], exact: false } as const;
  return { kind: "scalar", value: "Prod", written: "Prod", text, place, keyPlace };
}
