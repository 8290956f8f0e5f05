/** The section `Mappings`: two levels of keys, and a text or a list of texts under them. */

import { suggest } from "../base/mod.ts";
import type { Evaluator } from "./evaluator.ts";
import { kindOf, type Place, type TemplateNode } from "./nodes.ts";
import type { Problems } from "./problems.ts";

export type Mappings = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, TemplateNode>>>;

/** Every mapping whose shape is right; what is not is reported. */
export function readMappings(section: TemplateNode | undefined, problems: Problems): Mappings {
  const level = (node: TemplateNode): ReadonlyMap<string, TemplateNode> => {
    if (node.kind === "map") return node.entries;
    if (node.kind !== "unknown") {
      problems.report(node.place, `a map is needed, not ${kindOf(node)}`);
    }
    return new Map();
  };
  const values = (node: TemplateNode) => {
    const entries = level(node);
    for (const value of entries.values()) checkValue(value, problems);
    return entries;
  };
  const mapValues = <T>(node: TemplateNode, read: (inner: TemplateNode) => T) =>
    new Map([...level(node)].map(([key, inner]) => [key, read(inner)] as const));
  return section ? mapValues(section, (mapping) => mapValues(mapping, values)) : new Map();
}

function checkValue(node: TemplateNode, problems: Problems): void {
  const items = node.kind === "list" ? node.items : [node];
  for (const item of items) {
    if (item.kind === "scalar" || item.kind === "unknown") continue;
    problems.report(item.place, `a mapping holds texts and lists of texts, not ${kindOf(item)}`);
  }
}

interface MappingKey {
  readonly place: Place;
  /** `undefined` when it could not be resolved, which is already reported. */
  readonly text: string | undefined;
}

/** The value under map, first and second key; `undefined` when a problem was reported. */
export function findInMap(
  keys: readonly MappingKey[],
  evaluator: Pick<Evaluator, "mappings" | "problems">,
): TemplateNode | undefined {
  const [name, first, second] = keys;
  if (name?.text === undefined || first?.text === undefined || second?.text === undefined) {
    return undefined;
  }
  const missing = (key: MappingKey, what: string, known: Iterable<string>): undefined => {
    const hint = suggest(key.text!, known);
    evaluator.problems.report(key.place, `${what} '${key.text}'${hint}`);
  };
  const mapping = evaluator.mappings.get(name.text);
  if (!mapping) return missing(name, "there is no mapping", evaluator.mappings.keys());
  const row = mapping.get(first.text);
  if (!row) return missing(first, `the mapping '${name.text}' has no key`, mapping.keys());
  const where = `'${first.text}' of the mapping '${name.text}' has no key`;
  return row.get(second.text) ?? missing(second, where, row.keys());
}
