/** The cases of `conformance/rules/*.json`, one test each; the README there says how to read them. */

import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { systemRandom, textOf, toBase64, utf8 } from "../base/mod.ts";
import {
  compileStatement,
  compileTemplate,
  createPayload,
  type MessageContext,
  parseStatement,
  type SqlError,
  sqlVersionOf,
} from "./mod.ts";
import { type AskedServices, servicesOf } from "./tests/asked-services.ts";

/** A member that is null is absent, whatever the defaults of its file say. */
interface Setting {
  readonly version: string;
  readonly topic: string;
  readonly clientId?: string | null;
  readonly principal?: string | null;
  readonly sourceIp?: string | null;
  readonly traceId?: string | null;
  readonly accountId: string;
  readonly receivedAtMs: number;
  readonly properties?: Properties | null;
  readonly payload?: string;
  readonly payloadBase64?: string;
  readonly services?: AskedServices;
}

interface Properties {
  readonly isUtf8?: boolean;
  readonly contentType?: string;
  readonly responseTopic?: string;
  readonly correlationData?: string;
  readonly userProperties?: readonly (readonly [string, string])[];
}

interface Case extends Partial<Setting> {
  readonly name: string;
  readonly source: string;
  readonly sql?: string;
  readonly expression?: string;
  readonly template?: string;
  readonly expect: Expected;
}

type Expected =
  | { readonly fired: false }
  | { readonly failed: true }
  | { readonly output: string }
  | { readonly outputBase64: string }
  | { readonly matches: string }
  | { readonly text: string }
  | { readonly error: { readonly line: number; readonly column: number } };

interface CaseFile {
  readonly defaults: Setting;
  readonly cases: readonly Case[];
}

const root = join(import.meta.dir, "../../../..");
const folder = join(root, "conformance/rules");
const decisions = readdirSync(join(root, "docs/decisions"));

/** What the page of that number decides: the first column of its tables. */
function catchwordsOf(number: string): Set<string> {
  const page = decisions.find((name) => name.startsWith(`${number}-`)) ?? "";
  const text = readFileSync(join(root, "docs/decisions", page), "utf8");
  const rows = text.matchAll(/^\| ([^|]+) \|/gm);
  return new Set([...rows].flatMap(([, words = ""]) => words.split(", ")));
}

for (const fileName of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const { defaults, cases } = JSON.parse(readFileSync(join(folder, fileName), "utf8")) as CaseFile;
  test(`${fileName}: what the guide does not say is said in a decision`, () => {
    for (const { name, source } of cases) {
      const [, number, catchword = ""] = /^decision (\d{4}): (.+)$/.exec(source) ?? [];
      if (!number) continue;
      expect({ name, catchword, found: catchwordsOf(number).has(catchword) }).toMatchObject({
        found: true,
      });
    }
  });
  describe(fileName, () => {
    for (const example of cases) {
      test(example.name, async () => {
        const result = await resultOf(example, { ...defaults, ...example });
        if (!("matches" in example.expect)) expect(result).toEqual(example.expect);
        else expect("output" in result && result.output).toMatch(RegExp(example.expect.matches));
      });
    }
  });
}

async function resultOf(example: Case, setting: Setting): Promise<Expected> {
  const version = sqlVersionOf(setting.version)!;
  const services = servicesOf(setting.services ?? {});
  const message = messageOf(example, setting);
  const sql = example.expression ? `SELECT VALUE (${example.expression})` : example.sql;
  const parsed = sql === undefined ? undefined : parseStatement(sql, { version, services });
  if (parsed && !parsed.ok) return errorAt(parsed.error);
  const statement = parsed && compileStatement(parsed.statement, services);
  if (example.template === undefined) {
    const evaluation = await statement!.evaluate(message);
    if (!evaluation.fired) return evaluation.failure ? { failed: true } : { fired: false };
    const { bytes } = evaluation.output;
    return "outputBase64" in example.expect
      ? { outputBase64: toBase64(bytes) }
      : { output: textOf(bytes) };
  }
  const variables = statement?.variables ?? [];
  const compiled = compileTemplate(example.template, { version, services, variables });
  if (!compiled.ok) return errorAt(compiled.error);
  const evaluation = await statement?.evaluate(message);
  const given = evaluation?.fired ? evaluation.variables : [];
  try {
    return { text: await compiled.template.render(message, given) };
  } catch {
    return { failed: true };
  }
}

function errorAt({ line, column }: SqlError): Expected {
  return { error: { line, column } };
}

function messageOf(example: Case, setting: Setting): MessageContext {
  const { properties } = setting;
  const base64 = example.payload === undefined ? setting.payloadBase64 : undefined;
  const bytes = base64 === undefined ? utf8(setting.payload ?? "") : Buffer.from(base64, "base64");
  const correlationData = properties?.correlationData;
  return {
    topic: setting.topic,
    payload: createPayload(bytes),
    clientId: setting.clientId ?? undefined,
    principal: setting.principal ?? undefined,
    sourceIp: setting.sourceIp ?? undefined,
    traceId: setting.traceId ?? undefined,
    accountId: setting.accountId,
    receivedAtMs: setting.receivedAtMs,
    random: systemRandom,
    properties: properties
      ? {
          ...properties,
          correlationData:
            correlationData === undefined ? undefined : Buffer.from(correlationData, "base64"),
        }
      : undefined,
  };
}
