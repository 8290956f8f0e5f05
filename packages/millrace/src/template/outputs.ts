/** The section `Outputs`, resolved. `Export` is accepted and does nothing: there is one stack. */

import { check } from "./check.ts";
import type { ConditionTest } from "./conditions.ts";
import type { Evaluator } from "./evaluator.ts";
import { kindOf, type MapNode, mapAt, type TemplateNode } from "./nodes.ts";
import type { Problems } from "./problems.ts";
import { streamProblem } from "./resources/table.ts";
import { object, required, text } from "./schema.ts";

const outputSchema = object({
  Value: required(text()),
  Description: text(),
  Condition: text(),
  Export: object({ Name: required(text()) }),
});

export interface OutputContext {
  readonly evaluator: Evaluator;
  readonly condition: ConditionTest;
  readonly problems: Problems;
}

export function readOutputs(
  section: TemplateNode | undefined,
  context: OutputContext,
): Record<string, string> {
  const outputs: Record<string, string> = {};
  if (!section || section.kind === "unknown") return outputs;
  if (section.kind !== "map") {
    context.problems.report(section.place, `'Outputs' is a map, not ${kindOf(section)}`);
    return outputs;
  }
  for (const [name, node] of section.entries) {
    if (node.kind === "map" && !isMade(node, context)) continue;
    const resolved = context.evaluator.resolve(node) ?? mapAt(node, new Map());
    const output = check(outputSchema, resolved, context.problems);
    const problem = output && streamProblem(output.Value);
    if (problem !== undefined) context.problems.report(node.place, problem);
    else if (output) outputs[name] = output.Value;
  }
  return outputs;
}

/** Whether the output is there at all; its value is not looked at otherwise. */
function isMade(node: MapNode, { condition }: OutputContext): boolean {
  const name = node.entries.get("Condition");
  if (name?.kind !== "scalar" || typeof name.value !== "string") return true;
  return condition(name.value, name.place) !== false;
}
