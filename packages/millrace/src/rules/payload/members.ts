/**
 * What a rule's definition may say, as data: the kinds of value, their bounds, and the TypeScript
 * type that a checked value has. `check.ts` is the one walker over all of them.
 *
 * Names are those of AWS's API; a CloudFormation template spells each with a capital first letter.
 */

export interface TextMember<V extends string = string> {
  readonly kind: "text";
  readonly oneOf?: readonly V[];
  readonly pattern?: RegExp;
  /** What the pattern wants, in words: `"..." is not <form>`. */
  readonly form?: string;
  /** UTF-16 code units. */
  readonly lengthMax?: number;
  readonly mayBeEmpty?: true;
}

/** A text that may hold substitution templates `${...}`; every other text may not. */
export interface TemplateMember {
  readonly kind: "template";
  readonly lengthMax?: number;
  /** What it must be one of when no template is in it. */
  readonly oneOf?: readonly string[];
  /** A name, that may not be empty and that this must fit, when no template is in it. */
  readonly pattern?: RegExp;
  /** What the pattern wants, in words: `"..." is not <form>`. */
  readonly form?: string;
  /** `$$aws/...` at its beginning stands for `$aws/...`. */
  readonly dollarEscaped?: true;
}

/** Free text, e.g. SQL: whatever stands in it, it is no substitution template. */
export interface ProseMember {
  readonly kind: "prose";
}

export interface IntegerMember {
  readonly kind: "integer";
  readonly min: number;
  readonly max: number;
}

export interface BooleanMember {
  readonly kind: "boolean";
}

export interface ListMember<I = Member> {
  readonly kind: "list";
  readonly items: I;
  readonly countMin: number;
  readonly countMax: number;
}

export interface ObjectMember<M = Members> {
  readonly kind: "object";
  readonly members: M;
}

/** What AWS knows and Millrace does not: refused by name. */
export interface MissingMember {
  readonly kind: "missing";
}

export type Member =
  | TextMember
  | TemplateMember
  | ProseMember
  | IntegerMember
  | BooleanMember
  | ListMember
  | ObjectMember
  | MissingMember;

export type Members = Readonly<Record<string, Member & { readonly required?: true }>>;

/**
 * The type of what a member lets through, with `T` for every text that may hold templates: a text
 * in a definition, a compiled template in an action.
 */
export type ValueOf<S, T = string> = Member extends S ? unknown : KnownValue<S, T>;

type KnownValue<S, T> =
  S extends TextMember<infer V>
    ? V
    : S extends TemplateMember
      ? T
      : S extends ProseMember
        ? string
        : S extends IntegerMember
          ? number
          : S extends BooleanMember
            ? boolean
            : S extends ListMember<infer I>
              ? readonly ValueOf<I, T>[]
              : S extends ObjectMember<infer M>
                ? MembersValue<M, T>
                : S extends MissingMember
                  ? never
                  : unknown;

type RequiredNames<M> = {
  [K in keyof M]: M[K] extends { readonly required: true } ? K : never;
}[keyof M];

export type MembersValue<M, T = string> = {
  readonly [K in RequiredNames<M>]: ValueOf<M[K], T>;
} & { readonly [K in Exclude<keyof M, RequiredNames<M>>]?: ValueOf<M[K], T> };

export function text(rules: Omit<TextMember, "kind" | "oneOf"> = {}): TextMember {
  return { kind: "text", ...rules };
}

export function choice<const V extends string>(...oneOf: readonly V[]): TextMember<V> {
  return { kind: "text", oneOf };
}

export function template(rules: Omit<TemplateMember, "kind"> = {}): TemplateMember {
  return { kind: "template", ...rules };
}

/** A name: a template that must come to something. */
export function name(rules: Pick<TemplateMember, "form"> & { pattern?: RegExp } = {}) {
  return template({ pattern: /./s, ...rules });
}

export function prose(): ProseMember {
  return { kind: "prose" };
}

export function integer(min: number, max: number): IntegerMember {
  return { kind: "integer", min, max };
}

export function boolean(): BooleanMember {
  return { kind: "boolean" };
}

export function list<I>(items: I, countMin: number, countMax: number): ListMember<I> {
  return { kind: "list", items, countMin, countMax };
}

export function object<M extends Members>(members: M): ObjectMember<M> {
  return { kind: "object", members };
}

export function missing(): MissingMember {
  return { kind: "missing" };
}

export function required<S extends Member>(member: S): S & { readonly required: true } {
  return { ...member, required: true };
}

/** The role that an action is done in; here its form is checked. */
export const roleArn = text({
  pattern: /^arn:[^:]+:iam::\d{12}:role\/.+$/,
  form: "the ARN of a role",
});
