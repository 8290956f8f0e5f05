/** Keys of routes, like `GET /rooms/{id}` or `$default`, and the APIs that resources name. */

import type { Draft, Parts } from "../../resource-type.ts";
import { text } from "../../schema.ts";
import { apiTypes } from "../http-api.ts";
import { methods } from "../lambda/function-schema.ts";

export const routeKey = text({
  pattern: new RegExp(`^(\\$default|(${methods.join("|")}) /\\S*)$`),
  form: "a route's key, like 'GET /rooms/{id}' or '$default'",
});

/** Method and path of the route; a sentence where no request could ever be routed by it. */
export function readRouteKey(
  key: string,
): { readonly method: string; readonly path: string } | string {
  if (key === "$default") return { method: "ANY", path: key };
  const [method = "", path = ""] = key.split(" ");
  const segments = path.slice(1).split("/");
  const isSound = segments.every((segment, index) => {
    if (!/[{}]/.test(segment)) return true;
    const isLast = index === segments.length - 1;
    return isLast ? /^\{[\w.:-]+\+?\}$/.test(segment) : /^\{[\w.:-]+\}$/.test(segment);
  });
  return isSound
    ? { method, path }
    : `'${path}' is no path of a route: {name} is a whole part of it`;
}

/** `undefined` for an API that is declared but could not be built. */
export function findPlainApi(
  draft: Draft,
  value: string,
): Parts["apis"][number] | undefined | "missing" {
  const identity = draft.find([apiTypes.plain], value);
  if (!identity) return "missing";
  return draft.apis.find(({ name }) => name === identity.logicalId);
}

export const noApi = `is no ${apiTypes.plain} of this template`;
