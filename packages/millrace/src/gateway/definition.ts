/** What the web front is, as the template says it. */

export interface HttpApiDefinition {
  /** The logical name, e.g. `Web`. */
  readonly name: string;
  /** 10 characters of `[a-z0-9]`, made from the name; part of the domain name on AWS. */
  readonly apiId: string;
  /** `rest`: events of payload version 1.0 (REST API). `http`: version 2.0 (HTTP API). */
  readonly kind: "rest" | "http";
  readonly stage: string;
  readonly routes: readonly RouteDefinition[];
  /** REST API: types whose bodies cross as base64, e.g. `image/png`, `*\/*`; absent: none does. */
  readonly binaryMediaTypes?: readonly string[];
}

export interface RouteDefinition {
  /** Upper case, or `ANY`. */
  readonly method: string;
  /** `/rooms/{id}`, `/{proxy+}`, `/`; an HTTP API also knows `$default`. */
  readonly path: string;
  readonly functionName: string;
  /** An alias; absent: the function as it is now. */
  readonly qualifier?: string | undefined;
}

/** A distribution (CDN): which path goes to which origin. The first behaviour that matches wins. */
export interface DistributionDefinition {
  readonly name: string;
  readonly behaviors: readonly BehaviorDefinition[];
  readonly defaultOrigin: OriginDefinition;
}

export interface BehaviorDefinition {
  /** CloudFront's path pattern: `*` any run, `?` one character, case-sensitive. */
  readonly pathPattern: string;
  readonly origin: OriginDefinition;
}

export type OriginDefinition =
  | { readonly kind: "bucket"; readonly bucketName: string }
  | { readonly kind: "api"; readonly apiName: string };
