/** What the web front is, as the template says it. */

import type { AuthorizerDefinition, JwtRequirement } from "./authorizer/definition.ts";

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
  /** HTTP API: which pages of other origins may ask; absent: its functions say so themselves. */
  readonly cors?: CorsDefinition | undefined;
  /** REST API: what preflights are answered; absent: its functions answer them. */
  readonly restCors?: RestCorsDefinition | undefined;
  /** Of each route that has no bound of its own. */
  readonly throttle?: ThrottleDefinition | undefined;
  /** By route, as `GET /rooms/{id}` or `$default`; in a REST API `* /rooms` is every method. */
  readonly routeThrottles?: Readonly<Record<string, ThrottleDefinition>> | undefined;
  /** REST API: by type, as `UNAUTHORIZED` or `DEFAULT_4XX`, what is said in place of its words. */
  readonly gatewayResponses?: Readonly<Record<string, GatewayResponseDefinition>> | undefined;
  /** For the functions, in every event. */
  readonly stageVariables?: Readonly<Record<string, string>> | undefined;
}

/** What is absent is as without it. */
export interface GatewayResponseDefinition {
  readonly status?: number | undefined;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** With `$context...` for what is known of the request. */
  readonly body?: { readonly mediaType: string; readonly template: string } | undefined;
}

/** What is absent is not said to browsers. */
export interface CorsDefinition {
  /** Origins as browsers name them, `https://*`, `http://*`, or `*`. */
  readonly allowOrigins?: readonly string[] | undefined;
  readonly allowMethods?: readonly string[] | undefined;
  readonly allowHeaders?: readonly string[] | undefined;
  readonly exposeHeaders?: readonly string[] | undefined;
  readonly maxAgeSeconds?: number | undefined;
  /** Never together with the origin `*`. */
  readonly allowCredentials?: boolean | undefined;
}

/** Values of headers, as they are said to everybody. */
export interface RestCorsDefinition {
  readonly allowOrigin: string;
  /** Absent: the methods that the path has. */
  readonly allowMethods?: string | undefined;
  readonly allowHeaders?: string | undefined;
  readonly maxAge?: string | undefined;
  readonly allowCredentials?: boolean | undefined;
  /** Asked before a preflight, too. */
  readonly authorizer?: AuthorizerDefinition | undefined;
}

/** What is absent is as an account of AWS has it. */
export interface ThrottleDefinition {
  readonly ratePerSecond?: number | undefined;
  readonly burst?: number | undefined;
}

export interface RouteDefinition {
  /** Upper case, or `ANY`. */
  readonly method: string;
  /** `/rooms/{id}`, `/{proxy+}`, `/`; an HTTP API also knows `$default`. */
  readonly path: string;
  readonly functionName: string;
  /** REST API: what is answered instead of by a function. */
  readonly fixed?: FixedAnswer | undefined;
  /** An alias; absent: the function as it is now. */
  readonly qualifier?: string | undefined;
  /** HTTP API: the version of its event; absent: 2.0. */
  readonly payloadVersion?: "1.0" | "2.0" | undefined;
  /** REST API: of the resource that has the path; absent: made from the path. */
  readonly resourceId?: string | undefined;
  readonly throttle?: ThrottleDefinition | undefined;
  /** Who says whether a request may have the route; absent: each may. */
  readonly authorizer?: AuthorizerDefinition | undefined;
  /** HTTP API: the token that is to be shown, where no function is asked. */
  readonly jwt?: JwtRequirement | undefined;
  /** HTTP API: how long an answer is waited for; absent: the 30 seconds that it may be at most. */
  readonly timeoutMs?: number | undefined;
}

/** An answer that is the same for all, but for the origin that may be named in it. */
export interface FixedAnswer {
  readonly status: number;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: it is empty. */
  readonly body?: string | undefined;
  /** A request of one of them is told its own as `access-control-allow-origin`. */
  readonly origins?: readonly string[] | undefined;
  /** The types of body that are taken, in lower case; absent: all are. */
  readonly mediaTypes?: readonly string[] | undefined;
  /** What others come to; absent: they fail. */
  readonly otherTypes?: "refused" | undefined;
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
