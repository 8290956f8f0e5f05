/**
 * What a request may hold, as data: the kinds of members, their bounds, and the TypeScript type
 * that a checked request has.
 *
 * Two walkers read it: `read.ts` takes the JSON types (what does not fit is a
 * SerializationException), `violations.ts` the bounds (all that are broken, in one message). The
 * order in which members stand here is the order in which they are complained of.
 */

export interface TextShape<V extends string = string> {
  readonly kind: "text";
  readonly oneOf?: readonly V[];
  readonly lengthMin?: number;
  readonly lengthMax?: number;
  /** As the message shows it; held against the whole text. */
  readonly pattern?: string;
  /** An ARN may stand there instead, which no pattern holds. */
  readonly orArn?: true;
}

export interface NumberShape {
  readonly kind: "number";
  /** The name that messages give it. */
  readonly type: "Integer" | "Long" | "Date";
  readonly min?: number;
  readonly max?: number;
}

export interface BooleanShape {
  readonly kind: "boolean";
}

export interface ListShape<S = Shape> {
  readonly kind: "list";
  readonly member: S;
  readonly countMin?: number;
  readonly countMax?: number;
  /** Bounds of each text in the list, which the service words as one constraint of the list. */
  readonly memberLength?: Bounds;
  /** Members on the way there keep their capitals in a violation, and the value is not shown. */
  readonly asModelled?: true;
}

export interface MapShape<S = Shape> {
  readonly kind: "map";
  readonly value: S;
  /** The class that messages name. */
  readonly valueClass: string;
  readonly countMin?: number;
  readonly countMax?: number;
  /** Bounds of each list in the map, which the service words as one constraint of the map. */
  readonly valueCount?: Bounds;
}

export interface StructureShape<M = Members> {
  readonly kind: "structure";
  /** The class that messages name. */
  readonly name: string;
  readonly members: M;
  /**
   * Of several constraints that are broken, only the first is told, in the order of the members; or
   * only that of the table's name, if it is among them.
   */
  readonly stopsAt?: "first" | "TableName";
}

/** An attribute value; what is in it is looked at by `values.ts`. */
export interface ValueShape {
  readonly kind: "value";
}

/** A member of the service's that is not implemented: a request that has it is refused by name. */
export interface MissingShape {
  readonly kind: "missing";
}

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

export interface Required {
  readonly required: true;
}

export type Members = { readonly [name: string]: Shape };

export type Shape = (
  | TextShape
  | NumberShape
  | BooleanShape
  | ListShape
  | MapShape
  | StructureShape
  | ValueShape
  | MissingShape
) &
  Partial<Required>;

/** An attribute value of the right JSON types, whatever it says. */
export type GivenValue = { readonly [type: string]: unknown };

/** A map of attributes as given. */
export type GivenItem = { readonly [name: string]: GivenValue };

/** The type of what was read by a shape. */
export type Input<S> =
  S extends TextShape<infer V>
    ? V
    : S extends NumberShape
      ? number
      : S extends BooleanShape
        ? boolean
        : S extends ListShape<infer I>
          ? readonly Input<I>[]
          : S extends MapShape<infer I>
            ? Readonly<Record<string, Input<I>>>
            : S extends StructureShape<infer M>
              ? StructureInput<M>
              : S extends MissingShape
                ? undefined
                : GivenValue;

type StructureInput<M> = {
  readonly [K in keyof M as M[K] extends Required ? K : never]: Input<M[K]>;
} & {
  readonly [K in keyof M as M[K] extends Required ? never : K]?: Input<M[K]> | undefined;
};

export function text(bounds: Omit<TextShape, "kind" | "oneOf"> = {}): TextShape {
  return { kind: "text", ...bounds };
}

/** One of these; messages list them in this order, which is the service's. */
export function choice<const V extends string>(...oneOf: V[]): TextShape<V> {
  return { kind: "text", oneOf };
}

export function integer(bounds: Partial<Bounds> = {}): NumberShape {
  return { kind: "number", type: "Integer", ...bounds };
}

export function long(bounds: Partial<Bounds> = {}): NumberShape {
  return { kind: "number", type: "Long", ...bounds };
}

/** A moment in seconds since the epoch, with a fraction. */
export function seconds(): NumberShape {
  return { kind: "number", type: "Date" };
}

export function boolean(): BooleanShape {
  return { kind: "boolean" };
}

export function list<const S extends Shape>(
  member: S,
  bounds: Omit<ListShape, "kind" | "member"> = {},
): ListShape<S> {
  return { kind: "list", member, ...bounds };
}

export function map<const S extends Shape>(
  value: S,
  bounds: Partial<Omit<MapShape, "kind" | "value">> = {},
): MapShape<S> {
  return { kind: "map", value, valueClass: "java.lang.String", ...bounds };
}

export function structure<const M extends Members>(
  name: string,
  members: M,
  more: Pick<StructureShape, "stopsAt"> = {},
): StructureShape<M> {
  return { kind: "structure", name, members, ...more };
}

export function required<const S extends Shape>(shape: S): S & Required {
  return { ...shape, required: true };
}

/** Stands where a member will be once it is implemented. */
export const missing: MissingShape = { kind: "missing" };

export const value: ValueShape = { kind: "value" };

/** Attributes by name: an item or a key. */
export const attributes = map(value, {
  valueClass: "com.amazonaws.dynamodb.v20120810.AttributeValue",
});
