/** What a stage of an HTTP API is set to: which pages may ask, and how many requests it takes. */

import { headerName } from "../../base/mod.ts";
import type {
  CorsDefinition,
  HttpApiDefinition,
  RestCorsDefinition,
  ThrottleDefinition,
} from "../../gateway/mod.ts";
import type { Draft, Path } from "../resource-type.ts";
import {
  boolean,
  choice,
  integer,
  list,
  number,
  object,
  required,
  text,
  type ValueOf,
} from "../schema.ts";

const origin = text({
  pattern: /^(\*|https?:\/\/\*|[a-z][a-z0-9+.-]*:\/\/[\w.:[\]-]+)$/i,
  form: "an origin like 'https://example.org', without a path, or '*', 'https://*', 'http://*'",
});

/** Of a header, as CORS names it; `*` stands for all. */
export const corsHeaderName = text({ pattern: headerName, form: "a header's name or '*'" });

const corsMembers = {
  AllowCredentials: boolean(),
  AllowHeaders: list(corsHeaderName),
  AllowMethods: list(text({ pattern: /^(\*|[A-Za-z]+)$/, form: "a method or '*'" })),
  AllowOrigins: list(origin),
  ExposeHeaders: list(corsHeaderName),
  MaxAge: integer(-1, 86_400),
};

export const plainCorsConfiguration = object(corsMembers);

/** A text is the one origin, `true` stands for all. [SAM: AWS::Serverless::HttpApi] */
export const corsConfiguration = object(corsMembers, {
  scalar(value): Record<string, readonly string[]> {
    if (value === false || value === "false") return {};
    const all = value === true || value === "true";
    return { AllowOrigins: [all ? "*" : String(value)] };
  },
});

/** As API Gateway takes the values of headers: quoted once more, and in printable ASCII. */
const quoted = text({
  pattern: /^'[ -&(-~]+'$|^"[ !#-~]+"$/,
  form: "printable ASCII, quoted once more, as SAM needs it: \"'*'\"",
});

/** Of a REST API; a text is the origin. [SAM: AWS::Serverless::Api] */
export const restCors = object(
  {
    AllowCredentials: boolean(),
    AllowHeaders: quoted,
    AllowMethods: quoted,
    AllowOrigin: required(quoted),
    MaxAge: quoted,
  },
  { scalar: (value) => ({ AllowOrigin: String(value) }) },
);

/** The values without their outer quotes; `undefined` where functions answer preflights. */
export function readRestCors(
  given: ValueOf<typeof restCors> | undefined,
  report: (path: Path, message: string) => void,
): RestCorsDefinition | undefined {
  if (!given) return undefined;
  const bare = (value: string | undefined) => value?.slice(1, -1);
  const cors = {
    allowOrigin: bare(given.AllowOrigin)!,
    allowMethods: bare(given.AllowMethods),
    allowHeaders: bare(given.AllowHeaders),
    maxAge: bare(given.MaxAge),
    allowCredentials: given.AllowCredentials,
  };
  if (cors.allowCredentials && cors.allowOrigin === "*") report(["AllowCredentials"], notForAll);
  return cors;
}

const notForAll = "'AllowCredentials' does not go with the origin '*'";

/** Requests in a second. */
const rate = number(0, 1_000_000_000);

/** Without the settings that WebSocket APIs alone have. */
export const routeSettings = object({
  DetailedMetricsEnabled: boolean(),
  ThrottlingBurstLimit: integer(0, 1_000_000_000),
  ThrottlingRateLimit: rate,
});

/** `undefined` where nothing is said to browsers. */
export function readCors(
  given: ValueOf<typeof corsConfiguration> | undefined,
  report: (path: Path, message: string) => void,
): CorsDefinition | undefined {
  if (!given || Object.keys(given).length === 0) return undefined;
  const cors = {
    allowOrigins: given.AllowOrigins?.map((one) => one.toLowerCase()), // as browsers name them
    allowMethods: given.AllowMethods?.map((method) => method.toUpperCase()),
    allowHeaders: given.AllowHeaders,
    exposeHeaders: given.ExposeHeaders,
    maxAgeSeconds: given.MaxAge,
    allowCredentials: given.AllowCredentials,
  };
  if (cors.allowCredentials && cors.allowOrigins?.includes("*")) {
    report(["AllowCredentials"], notForAll);
  }
  reportDefaultPorts(given.AllowOrigins, (at, message) => report(["AllowOrigins", at], message));
  return cors;
}

/** An origin with the port that its scheme has anyway would let nobody in, without a word. */
export function reportDefaultPorts(
  origins: readonly string[] | undefined,
  report: (at: number, message: string) => void,
): void {
  for (const [at, origin] of (origins ?? []).entries()) {
    const bare = /^(https:\/\/.*(?=:443$)|http:\/\/.*(?=:80$))/i.exec(origin)?.[0];
    if (bare === undefined) continue;
    report(at, `'${origin}' fits no page, as browsers leave a default port out: it is '${bare}'`);
  }
}

/** `undefined` where no number is said. */
export function readThrottle(
  given: ValueOf<typeof routeSettings> | undefined,
  draft: Draft,
): ThrottleDefinition | undefined {
  if (!given) return undefined;
  if (given.DetailedMetricsEnabled) draft.noteWithoutEffect("DetailedMetricsEnabled");
  return throttleOf(given);
}

function throttleOf(
  given: Pick<ValueOf<typeof routeSettings>, "ThrottlingRateLimit" | "ThrottlingBurstLimit">,
): ThrottleDefinition | undefined {
  const { ThrottlingRateLimit: ratePerSecond, ThrottlingBurstLimit: burst } = given;
  if (ratePerSecond === undefined && burst === undefined) return undefined;
  return { ratePerSecond, burst };
}

/** Of one method of a REST API, or of all. */
export const methodMembers = {
  ThrottlingBurstLimit: integer(0, 1_000_000_000),
  ThrottlingRateLimit: rate,
  LoggingLevel: choice("OFF", "ERROR", "INFO"),
  DataTraceEnabled: boolean(),
  MetricsEnabled: boolean(),
  CachingEnabled: boolean(),
  CacheDataEncrypted: boolean(),
} as const;

/** Of a REST API's stage; caches are refused where they are switched on. */
export const methodSettings = list(
  object({
    ...methodMembers,
    HttpMethod: required(text({ pattern: /^(\*|[A-Z]+)$/, form: "a method or '*'" })),
    ResourcePath: required(
      text({
        pattern: /^\/(\*|~1.*)?$/,
        form: "'/*', or a path whose slashes but the first are '~1'",
      }),
    ),
  }),
);

/** Names what methods are to log and count, where one is. */
export function noteWatched(
  given: ValueOf<typeof methodSettings> = [],
  type: string,
  draft: Draft,
): void {
  if (given.some(isWatched)) draft.noteWithoutEffect(`logs and metrics of ${type}`);
}

function isWatched(settings: ValueOf<typeof methodSettings>[number]): boolean {
  const { LoggingLevel = "OFF", DataTraceEnabled = false, MetricsEnabled = false } = settings;
  return LoggingLevel !== "OFF" || DataTraceEnabled || MetricsEnabled;
}

/** Bounds of all methods, and of single ones under a name like `GET /a` or `* /a`. */
export function readMethodSettings(
  given: ValueOf<typeof methodSettings> = [],
  report: (path: Path, message: string) => void,
): Pick<HttpApiDefinition, "throttle" | "routeThrottles"> {
  let throttle: ThrottleDefinition | undefined;
  const routeThrottles: Record<string, ThrottleDefinition> = {};
  given.forEach((settings, index) => {
    const { HttpMethod: method, ResourcePath: resource } = settings;
    refuseCaches(settings, (member, message) => report([index, member], message));
    const bound = throttleOf(settings);
    if (!bound) return;
    if (resource !== "/*") routeThrottles[methodKey(settings)] = bound;
    else if (method === "*") throttle = bound;
    else report([index, "HttpMethod"], "a bound for one method of all paths is not implemented");
  });
  const hasOwn = Object.keys(routeThrottles).length > 0;
  return { ...(throttle && { throttle }), ...(hasOwn && { routeThrottles }) };
}

/** The members that ask for a cache are reported. */
export function refuseCaches(
  given: Readonly<Record<string, unknown>>,
  report: (member: string, message: string) => void,
): void {
  for (const member of ["CacheClusterEnabled", "CachingEnabled", "CacheDataEncrypted"]) {
    if (given[member] === true) report(member, "caches are not implemented");
  }
}

/** As bounds name what the settings are for, e.g. `GET /a` or `* /a`. */
export function methodKey({
  HttpMethod,
  ResourcePath,
}: ValueOf<typeof methodSettings>[number]): string {
  return `${HttpMethod} ${pathOf(ResourcePath)}`;
}

/** `/~1rooms~1{id}` is `/rooms/{id}`, and `/` the root. */
function pathOf(resource: string): string {
  return resource === "/" ? resource : resource.slice(1).replaceAll("~1", "/");
}
