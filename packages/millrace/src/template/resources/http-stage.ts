/**
 * What stages say, of SAM's APIs and of those without: their names, what their routes are bounded
 * by, and their variables.
 */

import { suggest } from "../../base/mod.ts";
import { type RouteDefinition, routeKeys } from "../../gateway/mod.ts";
import type { Draft, Parts, Path, StageSettings } from "../resource-type.ts";
import { dictionary, object, text, type ValueOf } from "../schema.ts";
import {
  methodKey,
  type methodSettings,
  readMethodSettings,
  readThrottle,
  routeSettings,
} from "./http-api-settings.ts";

export const httpStageName = text({
  pattern: /^(\$default|[A-Za-z0-9_-]{1,128})$/,
  form: "'$default' or 1 to 128 of A-Z a-z 0-9 _ -",
});

export const restStageName = text({
  pattern: /^[A-Za-z0-9_-]{1,128}$/,
  form: "1 to 128 of A-Z a-z 0-9 _ -",
});

export const defaultStage = "$default";

export const accessLog = object({ DestinationArn: text(), Format: text() });

export const stageVariables = dictionary(
  text({
    pattern: /^[A-Za-z0-9\-._~:/?#&=,]+$/,
    form: "a stage variable's value: letters, digits and -._~:/?#&=,",
  }),
  /^\w+$/,
);

/** Of the stage of an HTTP API. */
export const stageMembers = {
  DefaultRouteSettings: routeSettings,
  RouteSettings: dictionary(routeSettings),
  StageVariables: stageVariables,
  AccessLogSettings: accessLog,
} as const;

const stageSettings = object(stageMembers);

interface StagedApi {
  /** Of the API. */
  readonly name: string;
  readonly draft: Draft;
  report(path: Path, message: string): void;
}

/** What a stage of an HTTP API is set to; settings of a route that is not there are refused. */
export function readStageSettings(
  given: ValueOf<typeof stageSettings>,
  { name, draft, report }: StagedApi,
): StageSettings {
  const routes = given.RouteSettings ?? {};
  const routeThrottles = Object.entries(routes).flatMap(([route, settings]) => {
    const throttle = readThrottle(settings, draft);
    return throttle ? [[route, throttle] as const] : [];
  });
  checkRouteNames(name, draft, {
    keys: Object.keys(routes),
    report: (key, message) => report(["Properties", "RouteSettings", key], message),
  });
  return {
    throttle: readThrottle(given.DefaultRouteSettings, draft),
    ...(routeThrottles.length > 0 && { routeThrottles: Object.fromEntries(routeThrottles) }),
    stageVariables: given.StageVariables,
  };
}

/** What the methods of a REST API are bounded by, of which none may be for a path without one. */
export function readRestThrottles(
  given: ValueOf<typeof methodSettings> | undefined,
  { name, draft, report }: StagedApi,
): ReturnType<typeof readMethodSettings> {
  const methods = readMethodSettings(given, report);
  checkRouteNames(name, draft, {
    keys: Object.keys(methods.routeThrottles ?? {}),
    report(key, message) {
      const index = given!.findIndex((one) => methodKey(one) === key);
      report([index, "ResourcePath"], message);
    },
  });
  return methods;
}

interface NamedRoutes {
  readonly keys: readonly string[];
  readonly report: (key: string, message: string) => void;
}

/** The routes themselves are read later. */
export function checkRouteNames(name: string, draft: Draft, { keys, report }: NamedRoutes): void {
  draft.atEnd(() => {
    const known = routeKeys(draft.apis.find((api) => api.name === name)!);
    for (const key of keys) {
      if (known.includes(key)) continue;
      report(key, `the API has no route '${key}'${suggest(key, known)}`);
    }
  });
}

/** Adds the route, or reports that the API has one like it. */
export function keepRoute(
  api: Parts["apis"][number],
  route: RouteDefinition,
  report: (message: string) => void,
): void {
  const { method, path } = route;
  const shape = shapeOf(path);
  const same = api.routes.find((one) => one.method === method && shapeOf(one.path) === shape);
  if (same) {
    const hidden = same.path === path ? "" : `: no request would come to '${method} ${path}'`;
    report(`the API '${api.name}' has a route '${method} ${same.path}' already${hidden}`);
  }
  api.routes.push(route);
}

/** Without the names of its variables, by which no request differs. */
function shapeOf(path: string): string {
  return path.replace(/\{[^}+]*/g, "{");
}
