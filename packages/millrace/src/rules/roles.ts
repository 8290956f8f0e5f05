/** Which roles a rule acts in: those of its actions, and those that its texts ask services in. */

import { defaultSqlVersion, rolesAsked, sqlVersionOf } from "../sql/mod.ts";

/** Each once, of a payload as the API or a template brings it, right or wrong. */
export function rolesOf(payload: unknown): string[] {
  const { sql, awsIotSqlVersion: version } = Object(payload) as Record<string, unknown>;
  const found = [...strings(payload)];
  const named = found.flatMap(({ name, text }) => (name === "roleArn" ? [text] : []));
  if (typeof sql !== "string") return [...new Set(named)];
  const asked = rolesAsked({
    sql,
    version: (typeof version === "string" && sqlVersionOf(version)) || defaultSqlVersion,
    templates: found.flatMap(({ text }) => (text.includes("${") ? [text] : [])),
  });
  return [...new Set([...named, ...asked])];
}

function* strings(value: unknown): Generator<{ readonly name: string; readonly text: string }> {
  if (typeof value !== "object" || value === null) return;
  for (const [name, one] of Object.entries(value)) {
    if (typeof one === "string") yield { name, text: one };
    else yield* strings(one);
  }
}
