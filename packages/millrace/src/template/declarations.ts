/**
 * The section `Resources`, up to what stands around the properties: type, condition, metadata,
 * `DependsOn`. Properties are merged with `Globals` and not yet resolved.
 */

import { suggest } from "../base/mod.ts";
import { check } from "./check.ts";
import type { ConditionTest } from "./conditions.ts";
import { type Globals, mergeGlobals, withoutGlobals } from "./globals.ts";
import { limits } from "./limits.ts";
import { kindOf, type MapNode, mapAt, type Place, type TemplateNode } from "./nodes.ts";
import type { Problems } from "./problems.ts";
import type { ResourceType } from "./resource-type.ts";
import { any, choice, object, oneOrMany, required, text, type ValueOf } from "./schema.ts";

export interface Declaration {
  readonly logicalId: string;
  /** Absent for a type that is not supported, which is already reported. */
  readonly type?: ResourceType;
  /** The name, for a resource that SAM makes and names. */
  readonly name?: string;
  /** Of the logical id. */
  readonly place: Place;
  /** Absent for a resource that another one stands for, e.g. the role of a function. */
  readonly properties?: MapNode;
  readonly metadata?: TemplateNode;
  readonly dependsOn: readonly { readonly logicalId: string; readonly place: Place }[];
  /** The name of the condition that keeps the resource from being made. */
  readonly disabledBy?: string;
  /** Whether `DeletionPolicy` or `UpdateReplacePolicy` is there. */
  readonly retained: boolean;
}

const frame = object({
  Type: required(text()),
  Properties: any(),
  Metadata: any(),
  Condition: text(),
  DependsOn: oneOrMany(text()),
  DeletionPolicy: choice("Delete", "Retain", "RetainExceptOnCreate", "Snapshot"),
  UpdateReplacePolicy: choice("Delete", "Retain", "Snapshot"),
  /** SAM's: the global properties that this resource does without; `*` stands for all. */
  IgnoreGlobals: oneOrMany(text()),
});

type Frame = ValueOf<typeof frame>;

export interface DeclarationContext {
  readonly types: ReadonlyMap<string, ResourceType>;
  readonly globals: Globals;
  readonly condition: ConditionTest;
  readonly problems: Problems;
  /** Whether the template has SAM's `Transform`. */
  readonly serverless: boolean;
}

export function readDeclarations(
  section: TemplateNode | undefined,
  context: DeclarationContext,
): Map<string, Declaration> {
  const { problems } = context;
  const declarations = new Map<string, Declaration>();
  if (section?.kind !== "map") {
    const place = section?.place ?? { line: 1, column: 1, path: "" };
    const found = section ? `is a map, not ${kindOf(section)}` : "is missing";
    if (section?.kind !== "unknown") problems.report(place, `the section 'Resources' ${found}`);
    return declarations;
  }
  if (section.entries.size > limits.resourcesMax) {
    const message = `${section.entries.size} resources are more than ${limits.resourcesMax}`;
    problems.report(section.keyPlace, message);
    return declarations;
  }
  for (const [logicalId, node] of section.entries) {
    if (!/^[A-Za-z0-9]{1,255}$/.test(logicalId)) {
      const message = `the name '${logicalId}' of a resource is not made of letters and digits`;
      problems.report(node.keyPlace, message);
    }
    const declaration = readDeclaration(logicalId, node, context);
    if (declaration) declarations.set(logicalId, declaration);
  }
  return declarations;
}

function readDeclaration(
  logicalId: string,
  node: TemplateNode,
  context: DeclarationContext,
): Declaration | undefined {
  const { problems, globals } = context;
  const given = check(frame, node, problems);
  if (node.kind !== "map") return undefined;
  const properties = node.entries.get("Properties");
  if (properties && properties.kind !== "map" && properties.kind !== "unknown") {
    problems.report(properties.place, `'Properties' is a map, not ${kindOf(properties)}`);
  }
  const type = findType(node, context);
  if (type) checkIgnored(given, node, { ...context, type });
  const own = properties?.kind === "map" ? properties : mapAt(node, new Map());
  const holds =
    given?.Condition === undefined || context.condition(given.Condition, conditionPlace(node));
  const metadata = node.entries.get("Metadata");
  return {
    logicalId,
    place: node.keyPlace,
    dependsOn: dependsOn(given, node),
    retained: given?.DeletionPolicy !== undefined || given?.UpdateReplacePolicy !== undefined,
    properties: type
      ? mergeGlobals(withoutGlobals(globals.get(type.type), given?.IgnoreGlobals), own)
      : own,
    ...(type && { type }),
    ...(metadata && { metadata }),
    ...(holds === false && given?.Condition && { disabledBy: given.Condition }),
  };
}

function conditionPlace(node: MapNode): Place {
  return node.entries.get("Condition")!.place;
}

function findType(node: MapNode, context: DeclarationContext): ResourceType | undefined {
  const written = node.entries.get("Type");
  if (written?.kind !== "scalar") return undefined;
  const name = String(written.value);
  const { place } = written;
  const type = context.types.get(name);
  if (!type) {
    const hint = suggest(name, likeTypes(name, context.types));
    context.problems.report(place, `the resource type '${name}' is not supported${hint}`);
  } else if (name.startsWith("AWS::Serverless::") && !context.serverless) {
    const message = `'${name}' needs 'Transform: AWS::Serverless-2016-10-31' in the template`;
    context.problems.report(place, message);
  }
  return type;
}

/** Types of one service have the longer part of their names in common, which says nothing. */
function likeTypes(name: string, types: ReadonlyMap<string, ResourceType>): string[] {
  const service = name.slice(0, name.lastIndexOf("::") + 2);
  const known = [...types.keys()];
  const own = known.filter((one) => one.startsWith(service));
  if (own.length === 0) return known;
  const last = (one: string) => one.slice(service.length);
  return own.filter((one) => suggest(last(name), [last(one)]) !== "");
}

/** A name that is misspelled would leave its property as it is for all. */
function checkIgnored(
  given: Frame | undefined,
  node: MapNode,
  { type, globals, problems }: DeclarationContext & { readonly type: ResourceType },
): void {
  const names = [...(globals.get(type.type)?.entries.keys() ?? [])];
  for (const [name, place] of placesOf("IgnoreGlobals", given, node)) {
    if (name === "*" || names.includes(name)) continue;
    const hint = suggest(name, names);
    problems.report(place, `'${name}' is not in the Globals of '${type.type}'${hint}`);
  }
}

function dependsOn(given: Frame | undefined, node: MapNode) {
  const places = placesOf("DependsOn", given, node);
  return places.map(([logicalId, place]) => ({ logicalId, place }));
}

/** Each text of a list that may be a single one, with its place. */
function placesOf(
  member: "DependsOn" | "IgnoreGlobals",
  given: Frame | undefined,
  node: MapNode,
): [string, Place][] {
  const list = node.entries.get(member);
  return (given?.[member] ?? []).map((name, index) => {
    const item = list?.kind === "list" ? list.items[index] : list;
    return [name, (item ?? node).place];
  });
}
