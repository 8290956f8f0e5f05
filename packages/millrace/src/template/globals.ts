/**
 * The section `Globals` of SAM: properties that every resource of a kind starts from.
 *
 * Maps are merged, the resource's values winning; lists are joined, the global ones first; anything
 * else is replaced. A function call counts as one value and is not looked into.
 * [SAM: samtranslator/plugins/globals]
 */

import { suggest } from "../base/mod.ts";
import { kindOf, listAt, type MapNode, mapAt, type TemplateNode } from "./nodes.ts";
import type { Problems } from "./problems.ts";
import type { ResourceType } from "./resource-type.ts";

/** By resource type, e.g. `AWS::Serverless::Function`. */
export type Globals = ReadonlyMap<string, MapNode>;

/** What may be set globally; the rest is refused by name, and once, not in every resource. */
export function readGlobals(
  section: TemplateNode | undefined,
  types: readonly ResourceType[],
  problems: Problems,
): Globals {
  const globals = new Map<string, MapNode>();
  if (!section || section.kind === "unknown") return globals;
  if (section.kind !== "map") {
    problems.report(section.place, `'Globals' is a map, not ${kindOf(section)}`);
    return globals;
  }
  const sections = new Map(
    types.filter((type) => type.globals).map((type) => [type.type.split("::")[2]!, type]),
  );
  for (const [name, node] of section.entries) {
    const type = sections.get(name);
    if (!type) {
      const hint = suggest(name, sections.keys());
      problems.report(node.keyPlace, `'Globals' for '${name}' are not supported${hint}`);
    } else if (node.kind === "map") {
      globals.set(type.type, withoutUnsupported(node, type, problems));
    } else if (node.kind !== "unknown") {
      problems.report(node.place, `a map is needed, not ${kindOf(node)}`);
    }
  }
  return globals;
}

function withoutUnsupported(node: MapNode, type: ResourceType, problems: Problems): MapNode {
  const names = type.globals ?? [];
  const entries = [...node.entries].filter(([key, value]) => {
    if (names.includes(key)) return true;
    const message = `the property '${key}' is not supported in Globals${suggest(key, names)}`;
    problems.report(value.keyPlace, message);
    return false;
  });
  return mapAt(node, new Map(entries));
}

/** What is left of the global properties for a resource that ignores some of them. */
export function withoutGlobals(
  globals: MapNode | undefined,
  ignored: readonly string[] = [],
): MapNode | undefined {
  if (!globals || ignored.length === 0) return globals;
  const isLeft = ([name]: [string, TemplateNode]) => !ignored.includes(name);
  return ignored.includes("*")
    ? undefined
    : mapAt(globals, new Map([...globals.entries].filter(isLeft)));
}

/** The resource's own properties over the global ones. */
export function mergeGlobals(globals: MapNode | undefined, own: MapNode): MapNode {
  return globals ? (merge(globals, own) as MapNode) : own;
}

function merge(global: TemplateNode, own: TemplateNode): TemplateNode {
  if (global.kind === "list" && own.kind === "list") {
    return listAt(own, [...global.items, ...own.items]);
  }
  if (global.kind !== "map" || own.kind !== "map") return own;
  const entries = new Map(global.entries);
  for (const [key, value] of own.entries) {
    const inherited = entries.get(key);
    entries.set(key, inherited ? merge(inherited, value) : value);
  }
  return mapAt(own, entries);
}
