/**
 * Republish: the output becomes a message on another topic.
 *
 * The new message carries the trace on and counts one rule more; its client is nobody. A rule that
 * feeds itself is stopped at a depth and named.
 */

import { topicNameProblem } from "@millrace/mqtt";
import { compileTemplate, type SqlError } from "../../sql/mod.ts";
import type { ActionDefinition } from "../definition.ts";
import { rulesLimits } from "../limits.ts";
import type { ActionInput, ActionProblem, ActionSetting, LoadedAction } from "./action.ts";

type Republish = Extract<ActionDefinition, { kind: "republish" }>;

export function loadRepublish(definition: Republish, setting: ActionSetting): LoadedAction {
  // Only here does a text say a literal dollar: "$$aws/..." is the topic "$aws/...".
  const escaped = definition.topic.startsWith("$$aws/");
  const text = escaped ? definition.topic.slice(1) : definition.topic;
  const placed = ({ message, line, column }: SqlError) => ({
    property: "topic",
    message,
    line,
    column: column + (escaped && line === 1 ? 1 : 0),
  });
  const { ruleName, version, variables, ports } = setting;
  const services = ports.services ?? {};
  const compiled = compileTemplate(text, { version, variables, services });
  if (!compiled.ok) {
    return { ok: false, error: placed(compiled.error) };
  }
  const { template } = compiled;
  async function perform({
    output,
    variables: given,
    context,
  }: ActionInput): Promise<ActionProblem> {
    const { ruleDepth } = context.origin;
    if (ruleDepth >= rulesLimits.ruleDepthMax) {
      return `the message has come through ${ruleDepth} rules, rule "${ruleName}" may feed itself`;
    }
    const rendered = template.render(context, given);
    const topic = typeof rendered === "string" ? rendered : await rendered;
    const problem = topicNameProblem(topic);
    if (problem) return `cannot publish on topic "${topic}": ${problem}`;
    const origin = { traceId: context.causeId, ruleDepth: ruleDepth + 1 };
    const { qos } = definition;
    const publication = await ports.publish({ topic, payload: output.bytes, qos, origin });
    if (publication.accepted) return undefined;
    return `topic "${topic}" was refused: ${publication.reason ?? "no reason given"}`;
  }
  const warnings = compiled.warnings.map(placed);
  return { ok: true, action: { kind: "republish", perform }, warnings };
}
