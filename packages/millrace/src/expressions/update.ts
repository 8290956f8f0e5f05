/**
 * Compiles update expressions into a function from the old item to the new.
 *
 * Every right-hand side reads the old item, and every list position means the old list: the
 * actions are gathered in one tree of paths and applied in one walk. Complaints come in the
 * service's order: syntax, reserved words, unknown functions, repeated clauses, names, values,
 * paths, operand types.
 */

import {
  type AttributeMap,
  type AttributeValue,
  attributeOf,
  type Item,
} from "./attribute-value.ts";
import { attempt, messages, type Outcome, refuse } from "./errors.ts";
import { checkPathsDistinct, growPathTree, type Path, type PathTree } from "./path.ts";
import { checkReservedWords, type Placeholders } from "./placeholders.ts";
import { type ActionNode, flattenOperands, type OperandNode } from "./syntax.ts";
import { compileAction, type Edit, updateFunctions } from "./update-actions.ts";
import { parseUpdateText, type UpdateNode } from "./update-parser.ts";

export interface Update {
  /** Where it writes, none within another. */
  readonly paths: readonly Path[];
  /** Whether it brings an item into being; REMOVE and DELETE alone do not. */
  readonly createsItem: boolean;
  /** The new item, or why this old item cannot be updated so. */
  apply(item: Item): Outcome<Item>;
}

/** The update, or why the service would refuse it whatever the item. */
export function compileUpdate(source: string, placeholders: Placeholders): Outcome<Update> {
  const outcome = attempt(() => {
    const node = parseUpdateText(source);
    checkStatically(node);
    return compileActions(node.actions, placeholders);
  });
  return outcome.ok
    ? outcome
    : { ok: false, message: `Invalid UpdateExpression: ${outcome.message}` };
}

/** The same of actions that are already parsed; nothing stands in front of the message. */
export function compileUpdateActions(
  actions: readonly ActionNode[],
  placeholders: Placeholders,
): Outcome<Update> {
  return attempt(() => {
    checkFunctionsKnown(actions);
    return compileActions(actions, placeholders);
  });
}

function compileActions(actions: readonly ActionNode[], placeholders: Placeholders): Update {
  const paths = actions.map((action) => placeholders.resolvePath(action.path));
  resolveOperands(actions.flatMap(operandsOf), placeholders);
  checkPathsDistinct(paths);
  const edits = actions.map((action) => compileAction(action, placeholders));
  const tree = growPathTree(paths.map((path, at) => [path, edits[at]!] as const));
  return {
    paths,
    createsItem: actions.some(({ clause }) => clause === "SET" || clause === "ADD"),
    apply: (item: Item) => attempt(() => editNames(item, tree, item)),
  };
}

function operandsOf(action: ActionNode): OperandNode[] {
  if (!action.value) return [];
  const { value } = action;
  return flattenOperands(value.kind === "sum" ? value.operands : [value]);
}

function checkStatically({ clauses, actions }: UpdateNode): void {
  const operands = actions.flatMap((action) => [action.path, ...operandsOf(action)]);
  checkReservedWords(operands);
  checkFunctionsKnown(actions);
  const repeated = clauses.find((clause, at) => clauses.indexOf(clause) < at);
  if (repeated) refuse(messages.repeatedClause(repeated));
}

function checkFunctionsKnown(actions: readonly ActionNode[]): void {
  for (const operand of actions.flatMap(operandsOf)) {
    if (operand.kind === "call" && !updateFunctions.has(operand.name)) {
      refuse(messages.unknownFunction(operand.name));
    }
  }
}

/** Complains of names before values, wherever they stand. */
function resolveOperands(operands: readonly OperandNode[], placeholders: Placeholders): void {
  for (const operand of operands) {
    if (operand.kind === "path") placeholders.resolvePath(operand);
  }
  for (const operand of operands) {
    if (operand.kind === "value") placeholders.resolveValue(operand.name);
  }
}

function editNames(map: AttributeMap, tree: PathTree<Edit>, item: Item): AttributeMap {
  const attributes = new Map(Object.entries(map));
  for (const [name, child] of tree.names) {
    const edited = edit(attributeOf(map, name), child, item);
    if (edited === undefined) attributes.delete(name);
    else attributes.set(name, edited);
  }
  return Object.fromEntries(attributes);
}

function edit(
  value: AttributeValue | undefined,
  tree: PathTree<Edit>,
  item: Item,
): AttributeValue | undefined {
  if (tree.leaf) return tree.leaf(value, item);
  if (value !== undefined && tree.names.size > 0 && "M" in value) {
    return { M: editNames(value.M, tree, item) };
  }
  if (value !== undefined && tree.indexes.size > 0 && "L" in value) {
    return { L: editIndexes(value.L, tree, item) };
  }
  refuse(messages.pathInvalid);
}

/** Positions past the end append, in their order. */
function editIndexes(
  list: readonly AttributeValue[],
  tree: PathTree<Edit>,
  item: Item,
): AttributeValue[] {
  const members: (AttributeValue | undefined)[] = [...list];
  const indexes = [...tree.indexes].sort(([left], [right]) => left - right);
  for (const [index, child] of indexes) {
    const edited = edit(list[index], child, item);
    if (index < list.length) members[index] = edited;
    else members.push(edited);
  }
  return members.filter((member) => member !== undefined);
}
