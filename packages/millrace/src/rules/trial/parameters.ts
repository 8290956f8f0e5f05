/** What an action's definition says, member by member, and what its templates come to. */

import { errorText, InvariantBroken } from "../../base/mod.ts";
import { compileTemplate, type TemplateOptions, type Value } from "../../sql/mod.ts";
import { type ActionDefinition, actionTypes, entryOf } from "../actions/catalog.ts";
import type { RuleContext } from "../message.ts";
import type { Member, Members } from "../payload/members.ts";

export interface TriedParameter {
  /** E.g. `topic` or `headers.userProperties[0].value`. */
  readonly name: string;
  /** As the definition has it. */
  readonly written: string;
  /** What the template came to; absent when it is none, or failed. */
  readonly rendered?: string;
  readonly problem?: string;
}

export interface ParameterOptions extends TemplateOptions {
  readonly context: RuleContext;
  /** What the statement's SET gave. */
  readonly values: readonly Value[];
}

/** In the order of the definition. The definition must have been loaded without errors. */
export async function parametersOf(
  definition: ActionDefinition,
  options: ParameterOptions,
): Promise<TriedParameter[]> {
  const [kind, given] = entryOf(definition);
  const leaves: Leaf[] = [];
  collect({ kind: "object", members: actionTypes[kind].members as Members }, given, "", leaves);
  return Promise.all(leaves.map((leaf) => parameterOf(leaf, options)));
}

interface Leaf {
  readonly name: string;
  readonly member: Member;
  readonly value: unknown;
}

function collect(member: Member, value: unknown, name: string, leaves: Leaf[]): void {
  if (member.kind === "object") {
    for (const [key, inner] of Object.entries(value as object)) {
      const at = name === "" ? key : `${name}.${key}`;
      collect(member.members[key]!, inner, at, leaves);
    }
  } else if (member.kind === "list") {
    for (const [index, item] of (value as unknown[]).entries()) {
      collect(member.items, item, `${name}[${index}]`, leaves);
    }
  } else leaves.push({ name, member, value });
}

async function parameterOf(leaf: Leaf, options: ParameterOptions): Promise<TriedParameter> {
  const { name, member, value } = leaf;
  const written = String(value);
  if (member.kind !== "template") return { name, written };
  const isEscaped = member.dollarEscaped === true && written.startsWith("$$aws/");
  const text = isEscaped ? written.slice(1) : written;
  if (!isEscaped && !text.includes("${")) return { name, written };
  const compiled = compileTemplate(text, options);
  if (!compiled.ok) return { name, written, problem: compiled.error.message };
  try {
    const rendered = await compiled.template.render(options.context, options.values);
    return { name, written, rendered };
  } catch (thrown) {
    if (thrown instanceof InvariantBroken) throw thrown;
    return { name, written, problem: errorText(thrown) };
  }
}
