/** What a rule is, as the template says it. */

export interface RuleDefinition {
  /** 1 to 128 characters of `[A-Za-z0-9_]`. */
  readonly name: string;
  readonly sql: string;
  readonly sqlVersion: "2015-10-08" | "2016-03-23";
  readonly enabled: boolean;
  /** 0 to 10. */
  readonly actions: readonly ActionDefinition[];
}

/** Texts marked (T) may hold substitution templates `${...}`. */
export type ActionDefinition =
  | {
      readonly kind: "republish";
      /** (T) `$$aws/...` stands for `$aws/...`. */
      readonly topic: string;
      readonly qos: 0 | 1;
    }
  | {
      readonly kind: "lambda";
      /** A name or an ARN. */
      readonly functionName: string;
    }
  | {
      readonly kind: "dynamoDBv2";
      readonly tableName: string;
    };
