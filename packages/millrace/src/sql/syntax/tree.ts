/** The tree that the parser makes and the compiler reads. Everything in it has been checked. */

import type { FunctionDefinition } from "../functions/definition.ts";
import type { CastType } from "../values/convert.ts";
import type { Value } from "../values/value.ts";
import type { SqlVersion } from "../version.ts";
import type { Place, SqlError } from "./refusal.ts";

/** Where something stands in the source: from `start` up to and without `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Expression =
  | Literal
  | (Span & { readonly kind: "name"; readonly name: string })
  | (Span & { readonly kind: "variable"; readonly name: string; readonly slot: number })
  | (Span & { readonly kind: "member"; readonly of: Expression; readonly name: string })
  | Call
  | (Span & { readonly kind: "cast"; readonly of: Expression; readonly type: CastType })
  | (Span & { readonly kind: "not"; readonly of: Expression })
  | (Span & { readonly kind: "negate"; readonly of: Expression })
  | Binary
  | Case
  | (Span & { readonly kind: "object"; readonly members: readonly ObjectMember[] })
  | (Span & { readonly kind: "array"; readonly items: readonly Expression[] })
  | (Span & { readonly kind: "subquery"; readonly query: Subquery })
  | (Span & { readonly kind: "exists"; readonly query: Subquery })
  /** `*`, the payload: as an argument where the function takes it, and for a variable. */
  | (Span & { readonly kind: "payload" });

export interface Literal extends Span {
  readonly kind: "literal";
  readonly value: Value;
}

export interface Call extends Span {
  readonly kind: "call";
  /** As written. */
  readonly name: string;
  readonly definition: FunctionDefinition;
  /** Their number may be wrong: then the call is Undefined. */
  readonly arguments: readonly Expression[];
}

export type BinaryOperator =
  | "or"
  | "and"
  | "in"
  | "="
  | "<>"
  | "<"
  | "<="
  | ">"
  | ">="
  | "+"
  | "-"
  | "*"
  | "/"
  | "%";

export interface Binary extends Span {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface Case extends Span {
  readonly kind: "case";
  readonly subject: Expression;
  readonly branches: readonly { readonly when: Expression; readonly result: Expression }[];
  readonly otherwise: Expression | undefined;
}

export interface ObjectMember {
  readonly key: string;
  readonly value: Expression;
}

export type Selection =
  | { readonly kind: "value"; readonly expression: Expression }
  | { readonly kind: "list"; readonly items: readonly SelectItem[] };

/** `alias` is a path of names; a `*` without one adds its members to the result. */
export type SelectItem =
  | { readonly kind: "star"; readonly alias: readonly string[] | undefined }
  | { readonly kind: "column"; readonly alias: readonly string[]; readonly expression: Expression };

export interface Subquery {
  readonly selection: Selection;
  readonly from: Expression;
  readonly alias: string | undefined;
  readonly where: Expression | undefined;
}

export interface Assignment {
  /** With its `@`. */
  readonly name: string;
  readonly value: Expression;
}

/** As written: whether it is valid, and may be used, is not the language's affair. */
export interface TopicFilter {
  readonly text: string;
  readonly place: Place;
}

export interface Statement {
  readonly source: string;
  readonly version: SqlVersion;
  /** Of SET; a variable's slot is its place in this list. */
  readonly assignments: readonly Assignment[];
  readonly selection: Selection;
  /** Absent: the rule is reached by its name only. */
  readonly topicFilter: TopicFilter | undefined;
  readonly where: Expression | undefined;
  /** What is allowed and always Undefined, and therefore hardly meant. */
  readonly warnings: readonly SqlError[];
  /** Whether it asks other services: then it is evaluated with them, and takes its time. */
  readonly isExternal: boolean;
  /** The roles that it asks them in. */
  readonly roles: readonly string[];
}
