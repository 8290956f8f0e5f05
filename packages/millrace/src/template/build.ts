/**
 * From declarations to the application: resolve, check, build, type by type in the order of the
 * catalog, so that what a resource refers to is there before it.
 */

import type { Application } from "./application.ts";
import { check } from "./check.ts";
import type { Declaration } from "./declarations.ts";
import type { Dependencies } from "./dependencies.ts";
import { type MapNode, mapAt, type Place, placeInText, type TemplateNode } from "./nodes.ts";
import type { Problems } from "./problems.ts";
import {
  type Draft,
  type Identity,
  nodeAt,
  type Parts,
  type Path,
  type Resource,
  type ResourceType,
} from "./resource-type.ts";
import { ownerOfProperty } from "./serverless.ts";
import type { Stack } from "./stack.ts";

export interface BuildContext {
  readonly declarations: ReadonlyMap<string, Declaration>;
  readonly types: readonly ResourceType[];
  readonly stack: Stack;
  readonly dependencies: Dependencies;
  readonly problems: Problems;
  readonly folder: string;
  /** What else of the template does nothing here. */
  readonly idle: readonly string[];
}

export type Built = Omit<Application, "name" | "outputs">;

export function buildResources(context: BuildContext): Built {
  const active = [...context.declarations.values()].filter((one) => !one.disabledBy);
  const notes = new Set<string>();
  const parts = noParts();
  const notEnforced = new Set<string>();
  const withoutEffect = new Set<string>(context.idle);
  const checksAtEnd: (() => void)[] = [];
  const draft = {
    ...parts,
    ...finding(active, context.stack),
    folder: context.folder,
    integrations: new Map(),
    pathResources: new Map(),
    apiAuthorizers: new Map(),
    managedPolicies: new Map(),
    inlineCharacters: new Map(),
    isAfter: (one: string, other: string) => context.dependencies.reaches(one, other),
    note: (sentence: string) => notes.add(sentence),
    atEnd: (check: () => void) => checksAtEnd.push(check),
    noteNotEnforced: (what: string) => notEnforced.add(what),
    noteWithoutEffect: (what: string) => withoutEffect.add(what),
  };
  const retained = active.some((declaration) => declaration.retained);
  if (retained) draft.noteWithoutEffect("DeletionPolicy and UpdateReplacePolicy (data stays)");
  checkNames(active, context);
  for (const declaration of active) checkDependsOn(declaration, context);
  for (const type of context.types) {
    for (const declaration of active) {
      if (declaration.type === type) buildResource(declaration, draft, context);
    }
  }
  // What is missing now may be so because of another problem.
  if (context.problems.all().length === 0) for (const check of checksAtEnd) check();
  const lists = [
    ...listNote("Checked but not enforced yet", notEnforced),
    ...listNote("Without effect here", withoutEffect),
  ];
  return { ...parts, notes: [...lists, ...notes] };
}

function listNote(heading: string, items: ReadonlySet<string>): string[] {
  return items.size > 0 ? [`${heading}: ${[...items].join(", ")}`] : [];
}

function noParts(): Parts {
  return {
    functions: [],
    layers: [],
    urls: [],
    rules: [],
    destinations: [],
    tables: [],
    scalableTargets: [],
    scalingPolicies: [],
    apis: [],
    distributions: [],
    buckets: [],
    devices: {
      authorities: [],
      certificates: [],
      policies: [],
      things: [],
      policyAttachments: [],
      thingAttachments: [],
    },
    roles: [],
    identityPools: [],
    identityProviders: [],
    authorizers: [],
    permissions: [],
    logGroups: [],
    eventBuses: [],
    eventRules: [],
    triggers: [],
    positions: new Map(),
  };
}

function finding(
  active: readonly Declaration[],
  stack: Stack,
): Pick<Draft, "find" | "findWhere" | "allWhere"> {
  function* matching(...[types, test]: Parameters<Draft["findWhere"]>): Generator<Identity> {
    for (const declaration of active) {
      const { type } = declaration;
      if (!type || !types.includes(type.type)) continue;
      const identity = stack.identity(declaration);
      if (identity && test(identity, type)) yield identity;
    }
  }
  const findWhere: Draft["findWhere"] = (...args) => {
    const [first] = matching(...args);
    return first;
  };
  return {
    findWhere,
    allWhere: (...args) => [...matching(...args)],
    find: (types, value, attributes = []) =>
      findWhere(
        types,
        (identity, type) =>
          type.ref(identity) === value ||
          attributes.some((attribute) => type.attributes[attribute]?.(identity) === value),
      ),
  };
}

function checkNames(active: readonly Declaration[], context: BuildContext): void {
  const taken = new Map<string, string>();
  for (const declaration of active) {
    const { type } = declaration;
    const namespace = type?.namespace;
    const identity = namespace && context.stack.identity(declaration);
    if (!identity) continue;
    const key = `${namespace} ${type.uniqueName?.(identity) ?? identity.name}`;
    const other = taken.get(key);
    if (other !== undefined) {
      const message = `the ${namespace} name '${identity.name}' is taken by '${other}'`;
      context.problems.report(declaration.place, message);
    }
    taken.set(key, declaration.logicalId);
  }
}

function checkDependsOn(declaration: Declaration, context: BuildContext): void {
  for (const { logicalId, place } of declaration.dependsOn) {
    const stage = context.stack.ownerOfStage(logicalId);
    context.dependencies.add(declaration.logicalId, stage?.logicalId ?? logicalId, place);
    if (stage || context.declarations.has(logicalId)) continue;
    context.problems.report(place, `there is no resource '${logicalId}' to depend on`);
  }
}

function buildResource(declaration: Declaration, draft: Draft, context: BuildContext): void {
  const { type, properties } = declaration;
  const identity = context.stack.identity(declaration);
  if (!type || !properties) return;
  const root = resolveResource(declaration, properties, context);
  const checked = check(type.properties, root.entries.get("Properties")!, context.problems);
  const metadata = root.entries.get("Metadata");
  const checkedMetadata =
    metadata && type.metadata ? check(type.metadata, metadata, context.problems) : undefined;
  if (!identity || !checked || (metadata && type.metadata && !checkedMetadata)) return;
  const placing = placingIn(root, draft, context.problems);
  type.build({ identity, properties: checked, metadata: checkedMetadata, ...placing }, draft);
}

function resolveResource(
  declaration: Declaration,
  properties: MapNode,
  { stack }: BuildContext,
): MapNode {
  const { logicalId, type, metadata, place } = declaration;
  const serverless = type?.type === "AWS::Serverless::Function";
  const resolved = new Map<string, TemplateNode>();
  for (const [name, node] of properties.entries) {
    const owner = serverless ? ownerOfProperty(logicalId, name) : logicalId;
    const value = stack.evaluator(owner).resolve(node);
    if (value) resolved.set(name, value);
  }
  const root = new Map<string, TemplateNode>([["Properties", mapAt(properties, resolved)]]);
  const resolvedMetadata = metadata && stack.evaluator(logicalId).resolve(metadata);
  if (resolvedMetadata) root.set("Metadata", resolvedMetadata);
  return mapAt({ place, keyPlace: place }, root);
}

/** `report` and `mark` for one resource. */
function placingIn(
  root: MapNode,
  draft: Draft,
  problems: Problems,
): Pick<Resource, "report" | "mark"> {
  return {
    report: (path, message) => problems.report(placeOf(root, path), message),
    mark(key, path) {
      const { node } = nodeAt(root, path);
      const at = (offset: number) =>
        problems.position(node.kind === "scalar" ? placeInText(node, offset) : node.keyPlace);
      draft.positions.set(key, { ...problems.position(placeOf(root, path)), at });
    },
  };
}

/** Of a text the value, of a map or list its key, of what is missing the nearest above. */
function placeOf(root: MapNode, path: Path): Place {
  const { node, found } = nodeAt(root, path);
  return found && node.kind === "scalar" ? node.place : node.keyPlace;
}
