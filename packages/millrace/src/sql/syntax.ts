/** The tree that the parser makes and the compiler reads. Everything in it has been checked. */

import type { CastType } from "./convert.ts";
import type { FunctionDefinition } from "./functions/definition.ts";
import type { Place } from "./refusal.ts";
import type { Value } from "./value.ts";
import type { SqlVersion } from "./version.ts";

export type Expression =
  | { readonly kind: "literal"; readonly value: Value }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "member"; readonly of: Expression; readonly name: string }
  | { readonly kind: "call"; readonly name: string; readonly call: Call }
  | { readonly kind: "cast"; readonly of: Expression; readonly type: CastType }
  | { readonly kind: "not"; readonly of: Expression }
  | { readonly kind: "negate"; readonly of: Expression }
  | Binary
  | Case
  | { readonly kind: "object"; readonly members: readonly ObjectMember[] }
  | { readonly kind: "array"; readonly items: readonly Expression[] }
  | { readonly kind: "subquery"; readonly query: Subquery }
  | { readonly kind: "exists"; readonly query: Subquery }
  /** The bytes of the payload: an argument of `encode` alone. */
  | { readonly kind: "payload" };

export interface Call {
  readonly definition: FunctionDefinition;
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

export interface Binary {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface Case {
  readonly kind: "case";
  readonly subject: Expression;
  readonly branches: readonly { readonly when: Expression; readonly result: Expression }[];
  /** A literal Undefined when there is no ELSE. */
  readonly otherwise: Expression;
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

/** As written: whether it is valid, and may be used, is not the language's affair. */
export interface TopicFilter {
  readonly text: string;
  readonly place: Place;
}

export interface Statement {
  readonly version: SqlVersion;
  readonly selection: Selection;
  /** Absent: the rule is reached by its name only. */
  readonly topicFilter: TopicFilter | undefined;
  readonly where: Expression | undefined;
}
