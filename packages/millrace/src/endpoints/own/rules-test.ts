/**
 * `POST /_millrace/rules/test`: what the rules, as they are now, would do with a message, and why.
 * Nothing is published, called or stored.
 *
 * The body: `topic`; `payload`, a text as it is or any other JSON value, or `payloadBase64`;
 * `clientId`; `rule` for one rule alone, or `sql` with `awsIotSqlVersion` for a statement alone.
 */

import { fromBase64, noBytes, utf8 } from "../../base/mod.ts";
import {
  messageProblem,
  type TrialMessage,
  type TriedRules,
  triedRuleJson,
} from "../../rules/mod.ts";
import { parseJson, readBody } from "../body.ts";
import { iotBodyBytesMax } from "../limits.ts";
import { plainError } from "../plain-error.ts";
import type { Call } from "../ports.ts";

const members = [
  "topic",
  "payload",
  "payloadBase64",
  "clientId",
  "rule",
  "sql",
  "awsIotSqlVersion",
] as const;

const excluding = [
  ["rule", "sql"],
  ["payload", "payloadBase64"],
] as const;

type Asked = { readonly [member in (typeof members)[number]]?: unknown };

export async function answerRulesTest(call: Call): Promise<Response> {
  const bytes = await readBody(call.request, iotBodyBytesMax);
  if (!bytes) return plainError(call, 413, `The body has more than ${iotBodyBytesMax} bytes`);
  const asked = readAsked(parseJson(bytes));
  if (typeof asked === "string") return plainError(call, 400, asked);
  const message = readMessage(asked);
  if (typeof message === "string") return plainError(call, 400, message);
  const { rule } = asked;
  if (typeof rule === "string" && !call.ports.rules.get(rule)) {
    return plainError(call, 404, `There is no rule "${rule}"`);
  }
  const { rules, errors } = await tried(call, asked, message);
  return Response.json({ rules: rules.map(triedRuleJson), errors });
}

function tried({ ports }: Call, asked: Asked, message: TrialMessage): Promise<TriedRules> {
  const { rule, sql, awsIotSqlVersion } = asked;
  if (sql === undefined) return ports.rules.try(message, rule as string | undefined);
  const version = awsIotSqlVersion === undefined ? {} : { awsIotSqlVersion };
  return ports.rules.tryStatement({ sql, ...version, actions: [] }, message);
}

/** The members that are there; a text says what is wrong. */
function readAsked(value: unknown): Asked | string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return "The body is not a JSON object";
  }
  const names: readonly string[] = members;
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) return `"${unknown}" is none of ${members.join(", ")}`;
  const asked = value as Asked;
  for (const name of ["topic", "payloadBase64", "clientId", "rule"] as const) {
    const isText = typeof asked[name] === "string";
    if (!isText && asked[name] !== undefined) return `"${name}" is not a text`;
  }
  for (const [first, second] of excluding) {
    if (asked[first] !== undefined && asked[second] !== undefined) {
      return `"${first}" and "${second}" exclude each other`;
    }
  }
  if (asked.awsIotSqlVersion !== undefined && asked.sql === undefined) {
    return '"awsIotSqlVersion" says nothing without "sql": rules have their own';
  }
  return asked.topic === undefined ? '"topic" is missing' : asked;
}

function readMessage({ topic, payload, payloadBase64, clientId }: Asked): TrialMessage | string {
  const bytes = payloadBytes(payload, payloadBase64 as string | undefined);
  if (!bytes) return '"payloadBase64" is not base64';
  const message = { topic: topic as string, payload: bytes, clientId: clientId as string };
  return messageProblem(message) ?? message;
}

function payloadBytes(payload: unknown, base64: string | undefined): Uint8Array | undefined {
  if (base64 !== undefined) return fromBase64(base64);
  if (payload === undefined) return noBytes;
  return utf8(typeof payload === "string" ? payload : JSON.stringify(payload));
}
