/** In which roles the texts of a rule ask other services. */

import type { ExternalServices } from "../external/services.ts";
import type { SqlVersion } from "../version.ts";
import { parseStatement } from "./parse-statement.ts";
import { parseTemplate } from "./parse-template.ts";

export interface RuleTexts {
  readonly sql: string;
  readonly version: SqlVersion;
  /** What may be substitution templates. */
  readonly templates: readonly string[];
}

/** As they are written. A text that cannot be read, which no rule can have, gives none. */
export function rolesAsked({ sql, version, templates }: RuleTexts): string[] {
  const parsed = parseStatement(sql, { version, services });
  if (!parsed.ok) return [];
  const variables = parsed.statement.assignments.map(({ name }) => name);
  const inTemplates = templates.flatMap((text) => {
    const template = parseTemplate(text, { version, services, variables });
    return template.ok ? template.value.roles : [];
  });
  return [...parsed.statement.roles, ...inTemplates];
}

const unasked = () => Promise.reject(new Error("nothing is asked"));

/** All that there can be, so that each text is read which some house would read. */
const services: Required<ExternalServices> = {
  decodeProtobuf: unasked,
  invoke: unasked,
  predict: unasked,
  readItem: unasked,
  readRegistry: unasked,
  readSecret: unasked,
  readShadow: unasked,
};
