/**
 * What a resource may say, as data: the kinds of value, their bounds, and the TypeScript type that
 * a checked value has.
 *
 * What a schema does not list is refused by name. `check.ts` is the one walker over all of them.
 */

export interface TextSchema<V extends string = string> {
  readonly kind: "text";
  readonly oneOf?: readonly V[];
  /** Anchored at both ends. */
  readonly pattern?: RegExp;
  /** What the pattern wants, in words: "'...' is not <form>". */
  readonly form?: string;
}

export interface NumberSchema {
  readonly kind: "number";
  /** Without a fraction. */
  readonly whole: boolean;
  readonly min: number;
  readonly max: number;
}

export interface BooleanSchema {
  readonly kind: "boolean";
}

export interface ListSchema<S = Schema> {
  readonly kind: "list";
  readonly items: S;
  readonly countMin: number;
  readonly countMax: number;
  /** A single item may stand without its list. */
  readonly single: boolean;
}

/** Keys are free, values alike. */
export interface DictionarySchema<S = Schema> {
  readonly kind: "dictionary";
  readonly values: S;
  readonly keyPattern?: RegExp;
}

export interface ObjectSchema<M = Members> {
  readonly kind: "object";
  readonly members: M;
  /** Exactly one member must be there, as in an action of a rule. */
  readonly exactlyOne: boolean;
  /** What a value that stands in the place of the object means, before it is checked. */
  readonly scalar?: (value: string | number | boolean) => Readonly<Record<string, ScalarMeaning>>;
  /** Members that `scalar` alone gives: written out they are refused. */
  readonly scalarOnly?: readonly string[];
  /** What is not listed is let through and not looked at, but for a listed name misspelled. */
  readonly open?: boolean;
}

type ScalarMeaning = string | readonly string[];

/** `{Type, Properties}`, where the type decides what the properties may be. */
export interface TypedSchema<C = Cases> {
  readonly kind: "typed";
  readonly cases: C;
}

/** Any value, for documents that another part checks. */
export interface AnySchema {
  readonly kind: "any";
  /** A number that reads otherwise than it is written, e.g. `0123`, is refused. */
  readonly numbersAsWritten?: boolean;
}

export type Schema =
  | TextSchema
  | NumberSchema
  | BooleanSchema
  | ListSchema
  | DictionarySchema
  | ObjectSchema
  | TypedSchema
  | AnySchema;

export type Required<S> = S & { readonly required: true };
export type Cases = Readonly<Record<string, ObjectSchema>>;
export type Members = Readonly<Record<string, Schema & { readonly required?: true }>>;

/** The type of what a schema lets through; `unknown` where the schema itself is not known. */
export type ValueOf<S> = Schema extends S ? unknown : KnownValue<S>;

type KnownValue<S> =
  S extends TextSchema<infer V>
    ? V
    : S extends NumberSchema
      ? number
      : S extends BooleanSchema
        ? boolean
        : S extends ListSchema<infer I>
          ? readonly ValueOf<I>[]
          : S extends DictionarySchema<infer D>
            ? Readonly<Record<string, ValueOf<D>>>
            : S extends ObjectSchema<infer M>
              ? ObjectValue<M>
              : S extends TypedSchema<infer C>
                ? TypedValue<C>
                : unknown;

type TypedValue<C> = {
  [K in keyof C]: { readonly Type: K; readonly Properties: ValueOf<C[K]> };
}[keyof C];

type RequiredKeys<M> = {
  [K in keyof M]: M[K] extends { readonly required: true } ? K : never;
}[keyof M];

type ObjectValue<M> = string extends keyof M ? Readonly<Record<string, unknown>> : Listed<M>;

type Listed<M> = { readonly [K in RequiredKeys<M>]: ValueOf<M[K]> } & {
  readonly [K in Exclude<keyof M, RequiredKeys<M>>]?: ValueOf<M[K]>;
};

export function text(rules: { pattern?: RegExp; form?: string } = {}): TextSchema {
  return { kind: "text", ...rules };
}

export function choice<const V extends string>(...oneOf: readonly V[]): TextSchema<V> {
  return { kind: "text", oneOf };
}

export function integer(min: number, max: number): NumberSchema {
  return { kind: "number", whole: true, min, max };
}

export function number(min: number, max: number): NumberSchema {
  return { kind: "number", whole: false, min, max };
}

export function boolean(): BooleanSchema {
  return { kind: "boolean" };
}

export function list<S>(items: S, count: { min?: number; max?: number } = {}): ListSchema<S> {
  const { min = 0, max = Number.POSITIVE_INFINITY } = count;
  return { kind: "list", items, countMin: min, countMax: max, single: false };
}

/** A list whose only item may stand alone. */
export function oneOrMany<S>(items: S): ListSchema<S> {
  return { ...list(items, { min: 1 }), single: true };
}

export function dictionary<S>(values: S, keyPattern?: RegExp): DictionarySchema<S> {
  return { kind: "dictionary", values, ...(keyPattern && { keyPattern }) };
}

export function object<M extends Members>(
  members: M,
  rules: Pick<ObjectSchema, "scalar" | "scalarOnly" | "open"> = {},
): ObjectSchema<M> {
  return { kind: "object", members, exactlyOne: false, ...rules };
}

export function exactlyOne<M extends Members>(members: M): ObjectSchema<M> {
  return { kind: "object", members, exactlyOne: true };
}

export function typed<C extends Cases>(cases: C): TypedSchema<C> {
  return { kind: "typed", cases };
}

export function any(rules: Omit<AnySchema, "kind"> = {}): AnySchema {
  return { kind: "any", ...rules };
}

export function required<S extends Schema>(schema: S): Required<S> {
  return { ...schema, required: true };
}
