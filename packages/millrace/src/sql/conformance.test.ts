/** The cases of `conformance/rules/*.json`, one test each. */

import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { systemRandom, textOf, toBase64, utf8 } from "../base/mod.ts";
import { compileStatement, createPayload, parseStatement, type SqlVersion } from "./mod.ts";

interface Case {
  readonly name: string;
  readonly version: SqlVersion;
  readonly topic: string;
  readonly clientId?: string;
  readonly payload?: string;
  readonly payloadBase64?: string;
  readonly sql: string;
  readonly expect: Expected;
}

type Expected =
  | { readonly fired: false }
  | { readonly failed: true }
  | { readonly output: string }
  | { readonly outputBase64: string }
  | { readonly error: { readonly line: number; readonly column: number } };

interface CaseFile {
  readonly accountId: string;
  readonly receivedAtMs: number;
  readonly cases: readonly Case[];
}

const folder = join(import.meta.dir, "../../../../conformance/rules");

for (const fileName of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const file = JSON.parse(readFileSync(join(folder, fileName), "utf8")) as CaseFile;
  describe(fileName, () => {
    for (const example of file.cases) {
      test(`${example.name}: ${example.sql}`, async () => {
        expect(await resultOf(example, file)).toEqual(example.expect);
      });
    }
  });
}

async function resultOf(example: Case, file: CaseFile): Promise<Expected> {
  const { version, topic, clientId } = example;
  const parsed = parseStatement(example.sql, { version });
  if (!parsed.ok) {
    const { line, column } = parsed.error;
    return { error: { line, column } };
  }
  const bytes = example.payloadBase64
    ? Buffer.from(example.payloadBase64, "base64")
    : utf8(example.payload ?? "");
  const { accountId, receivedAtMs } = file;
  const message = { topic, clientId, accountId, receivedAtMs, random: systemRandom };
  const evaluation = await compileStatement(parsed.statement).evaluate({
    ...message,
    payload: createPayload(bytes),
  });
  if (!evaluation.fired) return evaluation.failure ? { failed: true } : { fired: false };
  return "outputBase64" in example.expect
    ? { outputBase64: toBase64(evaluation.output.bytes) }
    : { output: textOf(evaluation.output.bytes) };
}
