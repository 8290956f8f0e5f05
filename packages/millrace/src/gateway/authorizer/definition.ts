/** Who says whether a route may be taken, as the template says it. */

/** A function that is asked. */
export interface AuthorizerDefinition {
  /** For the log. */
  readonly name: string;
  readonly functionName: string;
  /** An alias; absent: the function as it is now. */
  readonly qualifier?: string | undefined;
  /** `token`: one header; else the request, as a REST API or that version of events has it. */
  readonly payload: "token" | "rest" | "1.0" | "2.0";
  /** Whether it answers `isAuthorized`; else with a policy. */
  readonly simple: boolean;
  /** Each must be there and not empty, or the function is not asked. */
  readonly sources: readonly IdentitySource[];
  /** How long an answer counts for the same values of `sources`; 0: for its request alone. */
  readonly ttlSeconds: number;
  /** Matches a whole token, or the function is not asked; a pattern of `sql`. */
  readonly validation?: string | undefined;
  /** `arn:aws:execute-api:<region>:<account>:<API id>`, of which policies speak. */
  readonly apiArn: string;
}

/** An issuer of tokens, one of which is to be shown before a route is taken. */
export interface JwtAuthorizerDefinition {
  readonly name: string;
  /** The URL that its discovery document stands under, and `iss` of its tokens. */
  readonly issuer: string;
  /** `aud`, or else `client_id`, has one of them. */
  readonly audiences: readonly string[];
  /** A header or a query, with the token or `Bearer <token>`. */
  readonly source: IdentitySource;
}

export interface JwtRequirement {
  readonly authorizer: JwtAuthorizerDefinition;
  /** A token has one of them; none: every token of the issuer will do. */
  readonly scopes: readonly string[];
}

export interface IdentitySource {
  readonly from: "header" | "query" | "stageVariable" | "context";
  /** Of a header in lower case; of the context one of `contextNames`. */
  readonly name: string;
}
