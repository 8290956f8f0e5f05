/**
 * `GET /_millrace/access`: whether somebody may do something, by which statement, or what is
 * missing. Nothing is done.
 *
 * The query: `identity`, `action`, `resource` (`*` where it is absent), and `key` for each
 * condition key of the request, `name=value`. A rule acts in a role for each action, so that there
 * may be several answers.
 */

import type { RestTarget } from "../../aws/mod.ts";
import { plainError } from "../plain-error.ts";
import type { Call } from "../ports.ts";

const known = ["identity", "action", "resource", "key"];

export async function answerAccess(call: Call, { query }: RestTarget): Promise<Response> {
  const unknown = [...query.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) return plainError(call, 400, `there is no parameter "${unknown}"`);
  const identity = query.get("identity");
  const action = query.get("action");
  if (!identity || !action) return plainError(call, 400, '"identity" and "action" are needed');
  if (!/^[\w-]+:\w+$/.test(action)) {
    return plainError(call, 400, `"${action}" is no action like "iot:Publish"`);
  }
  const keys = readKeys(query.getAll("key"));
  if (typeof keys === "string") return plainError(call, 400, keys);
  const resource = query.get("resource") ?? "*";
  const answers = await call.ports.explainAccess(identity, { action, resource, keys });
  if (typeof answers === "string") return plainError(call, 404, answers);
  return Response.json({ answers });
}

/** A key that is there several times has several values. */
function readKeys(pairs: readonly string[]): Record<string, string[]> | string {
  const keys: Record<string, string[]> = {};
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals <= 0) return `a key is "name=value", not "${pair}"`;
    const name = pair.slice(0, equals);
    keys[name] = [...(keys[name] ?? []), pair.slice(equals + 1)];
  }
  return keys;
}
