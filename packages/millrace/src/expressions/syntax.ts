/** What the parsers build: the expression as written, placeholders not yet looked up. */

/** A name may be a placeholder (`#name`); an index is a position in a list. */
export type PathElement = { readonly name: string } | { readonly index: number };

export interface PathNode {
  readonly kind: "path";
  readonly elements: readonly PathElement[];
}

export interface ValueNode {
  readonly kind: "value";
  /** With its colon. */
  readonly name: string;
}

export interface CallNode {
  readonly kind: "call";
  readonly name: string;
  readonly operands: readonly OperandNode[];
}

export type OperandNode = PathNode | ValueNode | CallNode;

export type Comparator = "=" | "<>" | "<" | "<=" | ">" | ">=";

export type ConditionNode =
  | { readonly kind: "and"; readonly left: ConditionNode; readonly right: ConditionNode }
  | { readonly kind: "or"; readonly left: ConditionNode; readonly right: ConditionNode }
  | { readonly kind: "not"; readonly inner: ConditionNode }
  | {
      readonly kind: "compare";
      readonly operator: Comparator;
      readonly operands: readonly [OperandNode, OperandNode];
    }
  /** The operand, the lower and the upper bound. */
  | { readonly kind: "between"; readonly operands: readonly OperandNode[] }
  /** The operand, then what it may equal. */
  | { readonly kind: "in"; readonly operands: readonly OperandNode[] }
  | CallNode;

/** A predicate: what is left when AND, OR and NOT are taken away. */
export type PredicateNode = Exclude<ConditionNode, { kind: "and" | "or" | "not" }>;

export interface SumNode {
  readonly kind: "sum";
  readonly operator: "+" | "-";
  readonly operands: readonly [OperandNode, OperandNode];
}

export type ClauseName = "SET" | "REMOVE" | "ADD" | "DELETE";

export interface ActionNode {
  readonly clause: ClauseName;
  readonly path: PathNode;
  /** Absent for REMOVE alone. */
  readonly value?: OperandNode | SumNode;
}

/** Every predicate, left to right. */
export function predicatesOf(node: ConditionNode): PredicateNode[] {
  if (node.kind === "and" || node.kind === "or") {
    return [...predicatesOf(node.left), ...predicatesOf(node.right)];
  }
  return node.kind === "not" ? predicatesOf(node.inner) : [node];
}

/** The operands and, after each call, what stands inside it; left to right. */
export function flattenOperands(operands: readonly OperandNode[]): OperandNode[] {
  return operands.flatMap((operand) =>
    operand.kind === "call" ? [operand, ...flattenOperands(operand.operands)] : [operand],
  );
}
