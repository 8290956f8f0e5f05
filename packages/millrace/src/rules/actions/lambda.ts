/** Lambda: the output is a function's event. What becomes of the event is the function's affair. */

import type { ActionDefinition } from "../definition.ts";
import type { ActionInput, ActionProblem, ActionSetting, LoadedAction } from "./action.ts";

type Lambda = Extract<ActionDefinition, { kind: "lambda" }>;

/** A name, or an ARN that ends in one; behind it a version or an alias. */
const functionPattern = /^(?:arn:[^:]+:lambda:[^:]*:[^:]*:function:)?([\w-]+)(?::([^:]+))?$/;

export function loadLambda(definition: Lambda, { ports }: ActionSetting): LoadedAction {
  const [, name, qualifier] = functionPattern.exec(definition.functionName) ?? [];
  if (name === undefined) return refused(`"${definition.functionName}" names no function`);
  if (qualifier !== undefined && qualifier !== "$LATEST") {
    return refused(`function version or alias "${qualifier}" is not implemented`);
  }
  const functionName = name;
  async function perform({ output }: ActionInput): Promise<ActionProblem> {
    if (output.value === undefined) return "the result is not JSON, which an event must be";
    await ports.invokeAsync(functionName, output.bytes);
    return undefined;
  }
  return { ok: true, action: { kind: "lambda", perform } };
}

function refused(message: string): LoadedAction {
  return { ok: false, error: { property: "functionName", message } };
}
