/**
 * Republish: the output becomes a message on another topic.
 *
 * The new message carries the trace on and counts one rule more; its client is nobody. A rule that
 * feeds itself is stopped at a depth and named.
 */

import { topicNameProblem } from "@millrace/mqtt";
import { compileTemplate } from "../../sql/mod.ts";
import type { ActionDefinition } from "../definition.ts";
import { rulesLimits } from "../limits.ts";
import type { ActionInput, ActionProblem, ActionSetting, LoadedAction } from "./action.ts";

type Republish = Extract<ActionDefinition, { kind: "republish" }>;

export function loadRepublish(definition: Republish, setting: ActionSetting): LoadedAction {
  // Only here does a text say a literal dollar: "$$aws/..." is the topic "$aws/...".
  const escaped = definition.topic.startsWith("$$aws/");
  const text = escaped ? definition.topic.slice(1) : definition.topic;
  const compiled = compileTemplate(text, { version: setting.version });
  if (!compiled.ok) {
    const { message, line, column } = compiled.error;
    const place = { line, column: column + (escaped && line === 1 ? 1 : 0) };
    return { ok: false, error: { property: "topic", message, ...place } };
  }
  const { template } = compiled;
  const { ruleName, ports } = setting;
  async function perform({ output, context }: ActionInput): Promise<ActionProblem> {
    const { ruleDepth } = context.origin;
    if (ruleDepth >= rulesLimits.ruleDepthMax) {
      return `the message has come through ${ruleDepth} rules, rule "${ruleName}" may feed itself`;
    }
    const topic = template.render(context);
    const problem = topicNameProblem(topic);
    if (problem) return `cannot publish on topic "${topic}": ${problem}`;
    const origin = { traceId: context.causeId, ruleDepth: ruleDepth + 1 };
    const { qos } = definition;
    const publication = await ports.publish({ topic, payload: output.bytes, qos, origin });
    if (publication.accepted) return undefined;
    return `topic "${topic}" was refused: ${publication.reason ?? "no reason given"}`;
  }
  return { ok: true, action: { kind: "republish", perform } };
}
