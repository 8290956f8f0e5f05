/** The `Condition` block, one entry for each operator and key. */

import { suggest } from "../../base/mod.ts";
import {
  complainAboutValue,
  operatorSpellings,
  parseOperator,
  takesVariables,
} from "../condition/operators.ts";
import type { Condition, PolicyDocument } from "../document.ts";
import { normalizeKey } from "../match/context.ts";
import type { PolicyPath } from "./problem.ts";
import type { Reader } from "./reader.ts";

interface Block {
  readonly path: PolicyPath;
  readonly version: PolicyDocument["version"];
}

const keyForm = /^[^\s:*?${}]+:[^*?${}]+$/;

/** Every problem of the block is told; without a block there are no conditions. */
export function readConditions(reader: Reader, value: unknown, block: Block): Condition[] {
  if (value === undefined) return [];
  const operators = reader.members(value, block.path) ?? {};
  return Object.entries(operators).flatMap(([name, keys]) =>
    readOperator(reader, { name, keys }, { ...block, path: [...block.path, name] }),
  );
}

function readOperator(
  reader: Reader,
  { name, keys }: { readonly name: string; readonly keys: unknown },
  { path, version }: Block,
): Condition[] {
  const operator = parseOperator(name);
  if (!operator) {
    const isNull = /^(\w+:)?Null(IfExists)?$/.test(name);
    const hint = isNull ? ": 'Null' stands alone" : suggest(name, operatorSpellings);
    reader.report(path, `there is no condition operator '${name}'${hint}`, true);
    return [];
  }
  const seen = new Set<string>();
  return Object.entries(reader.members(keys, path) ?? {}).map(([key, given]) => {
    const at = [...path, key];
    if (!keyForm.test(key)) reader.report(at, `'${key}' is no condition key: 'service:name'`, true);
    if (seen.has(normalizeKey(key))) {
      reader.report(at, `'${key}' stands here a second time, in other letters`, true);
    }
    seen.add(normalizeKey(key));
    const values = reader.texts(given, at, { scalars: true }).map((item) => {
      const complaint = complainAboutValue(operator, item.text, version);
      const hint =
        item.text.includes("${") && !takesVariables(operator.name)
          ? ", and it takes no variables"
          : "";
      if (complaint) reader.report(item.path, `'${name}' cannot compare: ${complaint}${hint}`);
      return item.text;
    });
    const { ifExists, set } = operator;
    return { operator: operator.name, ifExists, key, values, ...(set && { set }) };
  });
}
