/**
 * The tree a template is read into: plain values, each with its place in the file.
 *
 * Short and long forms of functions are the same `call`. A value about which a problem was already
 * reported is `unknown`: it fits everywhere, so that one mistake is one message.
 */

export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** E.g. `Resources.Hello.Properties.Tracing`. */
  readonly path: string;
}

interface Located {
  readonly place: Place;
  /** Where its key stands; for list items the place of the value. */
  readonly keyPlace: Place;
}

export interface ScalarNode extends Located {
  readonly kind: "scalar";
  readonly value: string | number | boolean;
  /** The value as it was written, so that `0123` is not taken for the text `83`. */
  readonly written: string;
  readonly text: TextOrigin;
}

/** Where the characters of a scalar stand: the rows of the text, from its first character on. */
export interface TextOrigin {
  readonly rows: readonly [TextRow, ...TextRow[]];
  /** Whether each further character of a row stands where counting from its first finds it. */
  readonly exact: boolean;
}

export interface TextRow {
  /** Of the row's first character in the text. */
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

export interface ListNode extends Located {
  readonly kind: "list";
  readonly items: readonly TemplateNode[];
}

export interface MapNode extends Located {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, TemplateNode>;
}

export interface CallNode extends Located {
  readonly kind: "call";
  /** In its long form: `Ref`, `Condition`, `Fn::Sub`. */
  readonly name: string;
  readonly argument: TemplateNode;
}

export interface UnknownNode extends Located {
  readonly kind: "unknown";
}

export type TemplateNode = ScalarNode | ListNode | MapNode | CallNode | UnknownNode;

/** A scalar that a function gave, at the place of the node it came from. */
export function scalarAt(origin: TemplateNode, value: string | number | boolean): ScalarNode {
  const { place, keyPlace } = origin;
  const rows = origin.kind === "scalar" ? origin.text.rows : ([{ ...place, offset: 0 }] as const);
  const text = { rows, exact: false };
  return { kind: "scalar", value, written: String(value), text, place, keyPlace };
}

export function listAt(origin: TemplateNode, items: readonly TemplateNode[]): ListNode {
  return { kind: "list", items, place: origin.place, keyPlace: origin.keyPlace };
}

export function mapAt(origin: Located, entries: ReadonlyMap<string, TemplateNode>): MapNode {
  return { kind: "map", entries, place: origin.place, keyPlace: origin.keyPlace };
}

export function unknownAt(origin: Located): UnknownNode {
  return { kind: "unknown", place: origin.place, keyPlace: origin.keyPlace };
}

/** The place of the character at `offset`, or of the first one where counting does not help. */
export function placeInText(node: ScalarNode, offset: number): Place {
  const { rows, exact } = node.text;
  const row = (exact && rows.findLast((one) => one.offset <= offset)) || rows[0];
  const column = exact ? row.column + offset - row.offset : row.column;
  return { line: row.line, column, path: node.place.path };
}

/** What a node is, in words. */
export function kindOf(node: TemplateNode): string {
  if (node.kind === "call") return `the function ${node.name}`;
  if (node.kind !== "scalar") return node.kind === "unknown" ? "a value" : `a ${node.kind}`;
  return typeof node.value === "string" ? "a text" : `a ${typeof node.value}`;
}

/** The value without places, for documents that other parts check. */
export function plainValue(node: TemplateNode): unknown {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(plainValue);
  if (node.kind !== "map") return undefined;
  return Object.fromEntries([...node.entries].map(([key, value]) => [key, plainValue(value)]));
}
