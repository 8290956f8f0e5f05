/** What all authorizers of APIs have in common, in whichever way a template says them. */

import { suggest } from "../../../../base/mod.ts";
import {
  type AuthorizerDefinition,
  contextNames,
  createValidation,
  type IdentitySource,
  type JwtRequirement,
  type RouteDefinition,
} from "../../../../gateway/mod.ts";
import type { Draft, Identity } from "../../../resource-type.ts";
import { type FoundFunction, mayInvoke, nameOf } from "../../lambda/function-reference.ts";

/** A function that is asked, or the token that is to be shown. */
export type KnownAuthorizer = AuthorizerDefinition | JwtRequirement;

/** Of one API. */
export interface ApiAuthorizers {
  /** By its id, or with SAM by its name. */
  readonly known: Map<string, KnownAuthorizer>;
  /** Of the routes that say nothing of it. */
  readonly default?: string | undefined;
  /** SAM: names of those that could not be built, whose problems are reported. */
  readonly broken?: ReadonlySet<string> | undefined;
  /** REST API: the default is not for methods OPTIONS; an HTTP API's never is. */
  readonly sparesOptions?: boolean | undefined;
}

export const ttlSecondsMax = 3600;
/** Of a REST API's that says nothing of it. [API Gateway: Authorizer] */
export const restTtlSeconds = 300;

export function apiArnOf({ partition, region, accountId }: Identity, apiId: string): string {
  return `arn:${partition}:execute-api:${region}:${accountId}:${apiId}`;
}

const places = {
  http: {
    header: /^\$request\.header\.([^\s,]+)$/,
    query: /^\$request\.querystring\.([^\s,]+)$/,
    context: /^\$context\.([\w.]+)$/,
    stageVariable: /^\$stageVariables\.(\w+)$/,
  },
  rest: {
    header: /^method\.request\.header\.([^\s,]+)$/,
    query: /^method\.request\.querystring\.([^\s,]+)$/,
    context: /^context\.([\w.]+)$/,
    stageVariable: /^stageVariables\.(\w+)$/,
  },
} as const;

const forms = {
  http:
    "'$request.header.<name>', '$request.querystring.<name>', " +
    "'$context...', '$stageVariables...'",
  rest:
    "'method.request.header.<name>', 'method.request.querystring.<name>', " +
    "'context...', 'stageVariables...'",
} as const;

/** The source that the expression names, or a sentence that says why it names none. */
export function readSource(expression: string, kind: "http" | "rest"): IdentitySource | string {
  const found = Object.entries(places[kind]).flatMap(([from, form]) => {
    const name = form.exec(expression)?.[1];
    return name === undefined ? [] : [sourceOf(from as IdentitySource["from"], name)];
  });
  return found[0] ?? `'${expression}' is no identity source: it is one of ${forms[kind]}`;
}

/** The same of a place and a name. */
export function sourceOf(from: IdentitySource["from"], name: string): IdentitySource | string {
  if (from === "header") return { from, name: name.toLowerCase() };
  if (from !== "context" || contextNames.includes(name)) return { from, name };
  const meant = suggest(name, contextNames);
  return `the context '${name}' is not implemented as an identity source${meant}`;
}

/** Keeps what are sources, and reports what are none. */
export function keepSources(
  read: readonly (IdentitySource | string)[],
  report: (message: string, index: number) => void,
): IdentitySource[] {
  return read.flatMap((source, index) => {
    if (typeof source !== "string") return [source];
    report(source, index);
    return [];
  });
}

/** What is wrong with an expression that tokens have to match; `undefined`: nothing. */
export function validationProblem(pattern: string): string | undefined {
  const created = createValidation(pattern);
  return created.ok ? undefined : `'${pattern}' cannot be used: ${created.message}`;
}

/** Answers are remembered by what the sources hold. [API Gateway: caching authorizer responses] */
export function cacheProblem(ttlSeconds: number, sourcesGiven: number): string | undefined {
  if (ttlSeconds === 0 || sourcesGiven > 0) return undefined;
  return "answers are remembered by identity sources, of which there is none: name one, or say 0";
}

/** Says, once all permissions are known, that AWS could not ask the function. */
export function noteAsking(
  draft: Draft,
  { name, apiArn }: AuthorizerDefinition,
  { called, id }: { readonly called: FoundFunction; readonly id: string },
): void {
  draft.atEnd(() => {
    if (mayInvoke(draft, called, service, `${apiArn}/authorizers/${id}`)) return;
    draft.note(
      `The authorizer '${name}' could not invoke '${nameOf(called)}' on AWS: ` +
        `no AWS::Lambda::Permission lets ${service} do it.`,
    );
  });
}

const service = "apigateway.amazonaws.com";

/** As SAM does, with the API. */
export function permitAsking(draft: Draft, called: FoundFunction, apiArn: string): void {
  const { identity, qualifier } = called;
  draft.permissions.push({
    functionName: identity.name,
    ...(qualifier !== undefined && { qualifier }),
    action: "lambda:InvokeFunction",
    principal: service,
    sourceArn: `${apiArn}/authorizers/*`,
  });
}

/** The API's authorizer of that name or id, or a sentence that says that it has none. */
export function findAuthorizer(
  draft: Draft,
  apiId: string,
  name: string,
): KnownAuthorizer | string {
  const known = draft.apiAuthorizers.get(apiId)?.known ?? new Map<string, KnownAuthorizer>();
  return known.get(name) ?? lack("the API has no", name, known.keys());
}

/** A sentence about a name that no authorizer has; `AWS_IAM` is one of SAM's own. */
export function lack(begin: string, name: string, names: Iterable<string>): string {
  return name === "AWS_IAM"
    ? "'AWS_IAM' is not implemented: an authorizer is a function, or believes tokens"
    : `${begin} authorizer '${name}'${suggest(name, [...names])}`;
}

/** For resources of their own: adds it to those of its API. */
export function addAuthorizer(
  draft: Draft,
  apiId: string,
  { id, definition }: { readonly id: string; readonly definition: KnownAuthorizer },
): void {
  const authorizers = draft.apiAuthorizers.get(apiId) ?? { known: new Map() };
  authorizers.known.set(id, definition);
  draft.apiAuthorizers.set(apiId, authorizers);
}

/** As a member of the route, whose own scopes count before those of the authorizer. */
export function asMember(
  known: KnownAuthorizer,
  scopes: readonly string[] = [],
): Pick<RouteDefinition, "authorizer" | "jwt"> {
  if (!("authorizer" in known)) return { authorizer: known };
  return { jwt: scopes.length > 0 ? { ...known, scopes } : known };
}
