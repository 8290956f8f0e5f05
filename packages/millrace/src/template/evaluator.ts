/**
 * Resolves a tree: every function call is replaced by what it gives.
 *
 * `AWS::NoValue` gives `undefined`, which takes its key or item away. A call that fails reports its
 * problem and gives an `unknown` node.
 */

import { intrinsics, type ValueFunction } from "./intrinsics.ts";
import { limits } from "./limits.ts";
import type { Mappings } from "./mappings.ts";
import {
  type CallNode,
  kindOf,
  listAt,
  mapAt,
  type Place,
  type TemplateNode,
  unknownAt,
} from "./nodes.ts";
import type { Problems } from "./problems.ts";

/** What the names in a template stand for. */
export interface Names {
  /** Whether the name, with a dot in it, is that of something that SAM makes, and for `ref`. */
  isGenerated(name: string): boolean;
  /** Gives one text, several, or `undefined` when a problem was reported. */
  ref(name: string, place: Place): string | readonly string[] | undefined;
  /** `undefined` when a problem was reported. */
  attribute(logicalId: string, attribute: string, place: Place): string | undefined;
  condition(name: string, place: Place): boolean | undefined;
}

export interface Evaluator {
  readonly problems: Problems;
  readonly names: Names;
  readonly mappings: Mappings;
  /** `undefined` for `AWS::NoValue`. */
  resolve(node: TemplateNode): TemplateNode | undefined;
  /** The text a node resolves to; `undefined`, with a problem reported, when it is none. */
  text(node: TemplateNode): string | undefined;
  list(node: TemplateNode): readonly TemplateNode[] | undefined;
}

export function createEvaluator(names: Names, mappings: Mappings, problems: Problems): Evaluator {
  const evaluator: Evaluator = {
    problems,
    names,
    mappings,
    resolve(node) {
      if (node.kind === "list") {
        const items = node.items.map(evaluator.resolve).filter((item) => item !== undefined);
        return listAt(node, items);
      }
      if (node.kind === "map") {
        const entries = new Map<string, TemplateNode>();
        for (const [key, entry] of node.entries) {
          const resolved = evaluator.resolve(entry);
          if (resolved) entries.set(key, resolved);
        }
        return mapAt(node, entries);
      }
      return node.kind === "call" ? call(node, evaluator) : node;
    },
    text(node) {
      const resolved = evaluator.resolve(node);
      if (resolved?.kind === "unknown") return undefined;
      if (resolved?.kind !== "scalar") {
        const found = resolved ? kindOf(resolved) : "AWS::NoValue";
        problems.report(node.place, `a text is needed, not ${found}`);
        return undefined;
      }
      const value = String(resolved.value);
      if (typeof resolved.value === "string" || value === resolved.written) return value;
      const message = `'${resolved.written}' is read as ${value}: put it in quotes`;
      problems.report(resolved.place, `${message} to make it a text`);
      return undefined;
    },
    list(node) {
      const resolved = evaluator.resolve(node);
      if (resolved?.kind === "list") return resolved.items;
      if (resolved?.kind === "unknown") return undefined;
      const found = resolved ? kindOf(resolved) : "AWS::NoValue";
      problems.report(node.place, `a list is needed, not ${found}`);
      return undefined;
    },
  };
  return evaluator;
}

function call(node: CallNode, evaluator: Evaluator): TemplateNode | undefined {
  const intrinsic: ValueFunction | undefined = Object.hasOwn(intrinsics, node.name)
    ? intrinsics[node.name]
    : undefined;
  if (!intrinsic) {
    evaluator.problems.report(node.place, `the function '${node.name}' is not supported here`);
    return unknownAt(node);
  }
  const result = intrinsic(node, evaluator);
  if (result?.kind !== "scalar" || String(result.value).length <= limits.resolvedTextMax) {
    return result && { ...result, keyPlace: node.keyPlace };
  }
  const message = `'${node.name}' gives more than ${limits.resolvedTextMax} characters`;
  evaluator.problems.report(node.place, message);
  return unknownAt(node);
}
