/**
 * `Auth` of SAM's APIs: authorizers by name, one of which may be that of all routes.
 *
 * Functions are built, and for HTTP APIs tokens of issuers; user pools of REST APIs, IAM and keys
 * are refused by name. [SAM: HttpApiAuth, ApiAuth, OAuth2Authorizer]
 */

import type {
  AuthorizerDefinition,
  IdentitySource,
  JwtRequirement,
} from "../../../../gateway/mod.ts";
import type { Draft, Identity, Resource } from "../../../resource-type.ts";
import {
  any,
  boolean,
  choice,
  dictionary,
  integer,
  list,
  object,
  text,
  type ValueOf,
} from "../../../schema.ts";
import { findFunction } from "../../lambda/function-reference.ts";
import {
  type ApiAuthorizers,
  apiArnOf,
  cacheProblem,
  type KnownAuthorizer,
  keepSources,
  lack,
  noteAsking,
  permitAsking,
  restTtlSeconds,
  sourceOf,
  ttlSecondsMax,
  validationProblem,
} from "./authorizers.ts";
import { readJwt, scopes } from "./jwt.ts";

const identityMembers = {
  Headers: list(text()),
  QueryStrings: list(text()),
  StageVariables: list(text()),
  Context: list(text()),
  ReauthorizeEvery: integer(0, ttlSecondsMax),
};

export const httpAuth = object({
  DefaultAuthorizer: text(),
  EnableIamAuthorizer: choice("false"),
  Authorizers: dictionary(
    object({
      /** Either way of writing them counts. */
      JwtConfiguration: object({
        issuer: text(),
        Issuer: text(),
        audience: list(text()),
        Audience: list(text()),
      }),
      IdentitySource: text(),
      AuthorizationScopes: scopes,
      FunctionArn: text(),
      AuthorizerPayloadFormatVersion: choice("1.0", "2.0"),
      EnableSimpleResponses: boolean(),
      EnableFunctionDefaultPermissions: boolean(),
      FunctionInvokeRole: text(),
      Identity: object(identityMembers),
    }),
  ),
});

export const restAuth = object({
  DefaultAuthorizer: text(),
  AddDefaultAuthorizerToCorsPreflight: boolean(),
  ApiKeyRequired: choice("false"),
  Authorizers: dictionary(
    object({
      UserPoolArn: any(),
      AuthorizationScopes: any(),
      FunctionArn: text(),
      FunctionPayloadType: choice("TOKEN", "REQUEST"),
      DisableFunctionDefaultPermissions: boolean(),
      FunctionInvokeRole: text(),
      Identity: object({
        ...identityMembers,
        Header: text(),
        ValidationExpression: text(),
      }),
    }),
  ),
});

type Report = Resource["report"];
type HttpGiven = NonNullable<ValueOf<typeof httpAuth>["Authorizers"]>[string];
type RestGiven = NonNullable<ValueOf<typeof restAuth>["Authorizers"]>[string];

interface AuthContext {
  readonly identity: Identity;
  readonly apiId: string;
  readonly draft: Draft;
  readonly report: Report;
}

/** Of one authorizer. */
interface OneContext extends AuthContext {
  readonly name: string;
  readonly tell: (path: readonly (string | number)[], message: string) => void;
}

/** Keeps the authorizers of an HTTP API for the events of functions. */
export function readHttpAuth(
  given: ValueOf<typeof httpAuth> | undefined,
  context: AuthContext,
): void {
  if (!given) return;
  const known = readEach(given.Authorizers, context, readHttpAuthorizer);
  keepAuth({ known, default: given.DefaultAuthorizer }, given.Authorizers, context);
}

/** The same of a REST API; what comes back is asked before preflights. */
export function readRestAuth(
  given: ValueOf<typeof restAuth> | undefined,
  context: AuthContext,
): AuthorizerDefinition | undefined {
  if (!given) return undefined;
  const known = readEach(given.Authorizers, context, readRestAuthorizer);
  const sparesOptions = given.AddDefaultAuthorizerToCorsPreflight === false;
  const auth = { known, default: given.DefaultAuthorizer, sparesOptions };
  keepAuth(auth, given.Authorizers, context);
  return sparesOptions ? undefined : known.get(given.DefaultAuthorizer ?? "");
}

function readEach<G, A extends KnownAuthorizer>(
  given: Readonly<Record<string, G>> | undefined,
  context: AuthContext,
  read: (one: G, context: OneContext) => A | undefined,
): Map<string, A> {
  const known = new Map<string, A>();
  for (const [name, one] of Object.entries(given ?? {})) {
    const at = ["Properties", "Auth", "Authorizers", name];
    const tell: OneContext["tell"] = (path, message) => context.report([...at, ...path], message);
    if (name === "NONE")
      tell([], "'NONE' is no name of an authorizer: a route that says it has none");
    const definition = read(one, { ...context, name, tell });
    if (definition) known.set(name, definition);
  }
  return known;
}

function keepAuth(
  auth: ApiAuthorizers,
  given: Readonly<Record<string, unknown>> | undefined,
  { apiId, draft, report }: AuthContext,
): void {
  const names = Object.keys(given ?? {});
  if (auth.default !== undefined && !names.includes(auth.default)) {
    const at = ["Properties", "Auth", "DefaultAuthorizer"];
    report(at, lack("there is no", auth.default, names));
  }
  const broken = new Set(names.filter((name) => !auth.known.has(name)));
  draft.apiAuthorizers.set(apiId, { ...auth, broken });
}

function readHttpAuthorizer(given: HttpGiven, context: OneContext): KnownAuthorizer | undefined {
  return given.JwtConfiguration === undefined
    ? readHttpFunction(given, context)
    : readTokens(given, context);
}

const ofFunctions = [
  "FunctionArn",
  "AuthorizerPayloadFormatVersion",
  "EnableSimpleResponses",
  "EnableFunctionDefaultPermissions",
  "FunctionInvokeRole",
  "Identity",
] as const;

function readTokens(given: HttpGiven, { name, tell }: OneContext): JwtRequirement | undefined {
  for (const member of ofFunctions) {
    if (given[member] === undefined) continue;
    tell([member], "an authorizer with 'JwtConfiguration' asks no function");
  }
  const { JwtConfiguration: wanted = {}, IdentitySource: source } = given;
  if (source === undefined) {
    tell([], "the property 'IdentitySource' is missing");
    return undefined;
  }
  const spelled = (...names: ("Issuer" | "issuer" | "Audience" | "audience")[]) => {
    const there = names.filter((name) => wanted[name] !== undefined);
    if (there.length === 2) {
      const both = "are two ways to write one property: one of them is too much";
      tell(["JwtConfiguration", there[1]!], `'${there.join("' and '")}' ${both}`);
    }
    return there.slice(0, 1);
  };
  const places = {
    source: ["IdentitySource"],
    issuer: ["JwtConfiguration", ...spelled("Issuer", "issuer")],
    audiences: ["JwtConfiguration", ...spelled("Audience", "audience")],
  };
  const { Issuer: issuer = wanted.issuer, Audience: audiences = wanted.audience } = wanted;
  const authorizer = readJwt(
    { issuer, audiences, source },
    { name, tell: (member, message) => tell(places[member], message) },
  );
  return authorizer && { authorizer, scopes: given.AuthorizationScopes ?? [] };
}

function readHttpFunction(given: HttpGiven, context: OneContext): AuthorizerDefinition | undefined {
  const { draft, tell } = context;
  const { AuthorizerPayloadFormatVersion: payload, EnableSimpleResponses: simple = false } = given;
  if (given.FunctionArn === undefined) {
    tell([], "the property 'FunctionArn' is missing, or 'JwtConfiguration'");
    return undefined;
  }
  if (payload === undefined) {
    tell([], "the property 'AuthorizerPayloadFormatVersion' is missing");
    return undefined;
  }
  for (const member of ["IdentitySource", "AuthorizationScopes"] as const) {
    if (given[member] !== undefined) tell([member], ofTokens(member));
  }
  if (simple && payload === "1.0") tell(["EnableSimpleResponses"], simpleNeeds2);
  const ttlSeconds = given.Identity?.ReauthorizeEvery ?? 0;
  const definition = assemble(given, context, {
    payload,
    simple,
    sources: sourcesOf(given.Identity, ttlSeconds, tell),
    ttlSeconds,
  });
  if (!definition) return undefined;
  const { called, ...own } = definition;
  if (given.FunctionInvokeRole !== undefined) draft.noteWithoutEffect("FunctionInvokeRole");
  else if (given.EnableFunctionDefaultPermissions) permitAsking(draft, called, own.apiArn);
  else noteAsking(draft, own, { called, id: own.name });
  return own;
}

export const simpleNeeds2 = "simple answers are for payload version 2.0 alone";

function readRestAuthorizer(
  given: RestGiven,
  context: OneContext,
): AuthorizerDefinition | undefined {
  const { draft, tell } = context;
  const { Identity: itsIdentity = {}, FunctionPayloadType: type = "TOKEN" } = given;
  if (!isOfFunction(given, tell)) return undefined;
  if (given.AuthorizationScopes !== undefined) {
    tell(["AuthorizationScopes"], ofTokens("AuthorizationScopes"));
  }
  const { ValidationExpression: validation, Header: header = "Authorization" } = itsIdentity;
  const problem = validation === undefined ? undefined : validationProblem(validation);
  if (problem !== undefined) tell(["Identity", "ValidationExpression"], problem);
  const isToken = type === "TOKEN";
  const ttlSeconds = itsIdentity.ReauthorizeEvery ?? restTtlSeconds;
  const definition = assemble(given, context, {
    payload: isToken ? "token" : "rest",
    simple: false,
    sources: isToken
      ? [{ from: "header", name: header.toLowerCase() }]
      : sourcesOf(itsIdentity, ttlSeconds, tell),
    ttlSeconds,
    validation: isToken ? validation : undefined,
  });
  if (!definition) return undefined;
  const { called, ...own } = definition;
  if (given.FunctionInvokeRole !== undefined) draft.noteWithoutEffect("FunctionInvokeRole");
  if (!given.DisableFunctionDefaultPermissions) permitAsking(draft, called, own.apiArn);
  else if (given.FunctionInvokeRole === undefined) {
    noteAsking(draft, own, { called, id: own.name });
  }
  return own;
}

function ofTokens(member: string): string {
  return `'${member}' is for authorizers of tokens: this one asks a function`;
}

/** Whether it asks a function; what it is else, is reported. */
function isOfFunction(given: RestGiven, tell: OneContext["tell"]): boolean {
  if (given.UserPoolArn !== undefined) {
    const message =
      "authorizers with 'UserPoolArn' are not implemented; with 'FunctionArn' they are";
    tell(["UserPoolArn"], message);
    return false;
  }
  if (given.FunctionArn === undefined) tell([], "the property 'FunctionArn' is missing");
  return given.FunctionArn !== undefined;
}

function assemble(
  { FunctionArn: functionArn = "" }: { readonly FunctionArn?: string },
  { identity, apiId, draft, name, tell }: OneContext,
  settings: Pick<
    AuthorizerDefinition,
    "payload" | "simple" | "sources" | "ttlSeconds" | "validation"
  >,
) {
  const called = findFunction(draft, functionArn);
  if (typeof called === "string") {
    tell(["FunctionArn"], called);
    return undefined;
  }
  const { qualifier } = called;
  const apiArn = apiArnOf(identity, apiId);
  const functionName = called.identity.name;
  return { name, functionName, qualifier, ...settings, apiArn, called };
}

function sourcesOf(
  given: Partial<ValueOf<ReturnType<typeof object<typeof identityMembers>>>> | undefined,
  ttlSeconds: number,
  tell: OneContext["tell"],
): IdentitySource[] {
  const lists = [
    ["Headers", "header"],
    ["QueryStrings", "query"],
    ["StageVariables", "stageVariable"],
    ["Context", "context"],
  ] as const;
  const count = lists.reduce((sum, [member]) => sum + (given?.[member] ?? []).length, 0);
  const problem = cacheProblem(ttlSeconds, count);
  if (problem !== undefined) tell(["Identity"], problem);
  return lists.flatMap(([member, from]) =>
    keepSources(
      (given?.[member] ?? []).map((name) => sourceOf(from, name)),
      (message, index) => tell(["Identity", member, index], message),
    ),
  );
}
