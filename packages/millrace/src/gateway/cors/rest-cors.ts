/**
 * The preflights of a REST API, as SAM's `Cors` makes them: a method OPTIONS on every path that has
 * none, which answers by itself and says the same to everybody. What a page may read of the answers
 * that follow is up to the functions, which set those headers themselves.
 */

import type { HttpApiDefinition, RouteDefinition } from "../definition.ts";

const allMethods = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/** The routes that are added; each has an answer of its own and no function. */
export function preflightRoutes({ kind, restCors, routes }: HttpApiDefinition): RouteDefinition[] {
  if (kind !== "rest" || !restCors) return [];
  const methods = new Map<string, string[]>();
  for (const { path, method } of routes) {
    methods.set(path, [...(methods.get(path) ?? []), method]);
  }
  const lacking = [...methods].filter(([, known]) => !known.includes("OPTIONS"));
  return lacking.map(([path, known]) => {
    const { allowOrigin, allowMethods, allowHeaders, maxAge, allowCredentials, authorizer } =
      restCors;
    const some = known.includes("ANY") ? allMethods : [...known, "OPTIONS"].sort();
    const headers = {
      "access-control-allow-origin": allowOrigin,
      "access-control-allow-methods": allowMethods ?? some.join(","),
      ...(allowHeaders !== undefined && { "access-control-allow-headers": allowHeaders }),
      ...(maxAge !== undefined && { "access-control-max-age": maxAge }),
      ...(allowCredentials && { "access-control-allow-credentials": "true" }),
    };
    const fixed = { status: 200, headers };
    return { method: "OPTIONS", path, functionName: "", fixed, authorizer };
  });
}
