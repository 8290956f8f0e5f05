/**
 * What a policy document says, in one form: single values are lists, `Action` and `NotAction` are
 * one member with a mark, and condition operators are taken apart.
 *
 * The grammar is that of IAM and IoT policies; the meaning (who may do what) is not here yet.
 */

export interface PolicyDocument {
  /** `2008-10-17` when the document has none; policy variables work only with `2012-10-17`. */
  readonly version: "2008-10-17" | "2012-10-17";
  readonly id?: string;
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly sid?: string;
  readonly effect: "Allow" | "Deny";
  /** `iot:Publish`, `iot:*`, `*`; compared without case. */
  readonly actions: Patterns;
  /** `*` or an ARN with `*` and `?`. Absent in a role's trust policy. */
  readonly resources?: Patterns;
  readonly principals?: Principals;
  readonly conditions: readonly Condition[];
}

export interface Patterns {
  /** From `NotAction` or `NotResource`: the statement is about everything else. */
  readonly not: boolean;
  readonly patterns: readonly string[];
}

export interface Principals {
  /** From `NotPrincipal`. */
  readonly not: boolean;
  /** By kind, e.g. `Service: ["iot.amazonaws.com"]`; `Principal: "*"` is `AWS: ["*"]`. */
  readonly byKind: Readonly<Partial<Record<PrincipalKind, readonly string[]>>>;
}

export type PrincipalKind = "AWS" | "Service" | "Federated" | "CanonicalUser";

export interface Condition {
  /** Without prefix and suffix, e.g. `StringLike`. */
  readonly operator: string;
  /** From `ForAllValues:` and `ForAnyValue:`. */
  readonly set?: "all" | "any";
  /** From the suffix `IfExists`: true when the key is absent. */
  readonly ifExists: boolean;
  /** E.g. `iot:ConnectAttributes`; compared without case. */
  readonly key: string;
  readonly values: readonly string[];
}
