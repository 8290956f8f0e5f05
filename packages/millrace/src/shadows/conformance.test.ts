/** The cases of `conformance/shadows/*.json`; the README there says how to read them. */

import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromBase64, utf8 } from "../base/mod.ts";
import { openShadows } from "./shadows-fixture.ts";

interface Case {
  readonly name: string;
  readonly before?: readonly (object | "delete")[];
  readonly beforeOf?: string;
  readonly shadow?: string;
  readonly at?: number;
  readonly request: {
    readonly on: string;
    readonly payload?: object;
    readonly text?: string;
    readonly base64?: string;
  };
  readonly expect: Readonly<Record<string, object>>;
  readonly after?: object;
}

interface CaseFile {
  readonly about: string;
  readonly defaults: { readonly thing: string; readonly at: number };
  readonly cases: readonly Case[];
}

const folder = join(import.meta.dir, "../../../../conformance/shadows");

function payloadOf({ payload, text, base64 }: Case["request"]): Uint8Array {
  if (base64 !== undefined) return fromBase64(base64)!;
  return utf8(text ?? (payload === undefined ? "" : JSON.stringify(payload)));
}

async function runCase(given: Case, { thing, at }: CaseFile["defaults"]): Promise<void> {
  const shadows = openShadows();
  const prefixOf = (shadow: string | undefined) =>
    `$aws/things/${thing}/shadow${shadow === undefined ? "" : `/name/${shadow}`}`;
  const { shadow, before = [], beforeOf = shadow } = given;
  for (const [index, step] of before.entries()) {
    shadows.setSeconds(index + 1);
    const [operation, payload] = step === "delete" ? ["delete", ""] : ["update", step];
    await shadows.ask(`${prefixOf(beforeOf)}/${operation}`, payload);
  }
  expect(shadows.told.filter(({ topic }) => topic.endsWith("/rejected"))).toEqual([]);
  shadows.told.length = 0;

  shadows.setSeconds(given.at ?? at);
  const topic = `${prefixOf(shadow)}/${given.request.on}`;
  await shadows.ask(topic, payloadOf(given.request));
  const told = shadows.told.splice(0);
  const toldAsExpected = told.filter(
    // After an update that is accepted it is always there; a case need not say so.
    ({ topic: other }) => !(other === `${topic}/documents` && !given.expect.documents),
  );
  expect(Object.fromEntries(toldAsExpected.map((one) => [one.topic, one.document]))).toEqual(
    Object.fromEntries(
      Object.entries(given.expect).map(([answer, document]) => [`${topic}/${answer}`, document]),
    ),
  );
  const isUpdated = given.request.on === "update" && given.expect.accepted !== undefined;
  expect(told.some(({ topic: other }) => other === `${topic}/documents`)).toBe(isUpdated);

  if (!given.after) return;
  await shadows.ask(`${prefixOf(shadow)}/get`, "");
  expect(shadows.told.map(({ document }) => document)).toEqual([given.after]);
}

for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const { about, cases, defaults }: CaseFile = JSON.parse(readFileSync(join(folder, file), "utf8"));
  describe(about, () => {
    test.each(cases.map((given) => [given.name, given] as const))("%s", (_, given) =>
      runCase(given, defaults),
    );
  });
}
