/**
 * What depends on the client alone, such as a hash of its id, is computed once for each client and
 * remembered: people who talk say more than one thing.
 *
 * Bounded in number and length. Clients are kept in two generations: when the younger is full, it
 * becomes the older, and who has not come since then is forgotten.
 */

import { messageFunctions } from "../functions/message.ts";
import { sqlLimits } from "../limits.ts";
import type { Evaluate } from "../run.ts";
import type { Expression } from "../syntax/tree.ts";
import type { Value } from "../values/value.ts";

const ofMessage = new Set(Object.values(messageFunctions));

/** Whether the expression asks for the client's id, does something with it, and asks no more. */
export function dependsOnClientAlone(expression: Expression): boolean {
  return expression.kind !== "literal" && !isClientId(expression) && readsOnlyClient(expression);
}

function readsOnlyClient(expression: Expression): boolean {
  let isAsked = false;
  const isAllowed = (part: Expression): boolean => {
    switch (part.kind) {
      case "literal":
        return true;
      case "cast":
        return isAllowed(part.of);
      case "binary":
        return isAllowed(part.left) && isAllowed(part.right);
      case "call":
        if (isClientId(part)) {
          isAsked = true;
          return true;
        }
        if (part.definition.body.kind === "external" || ofMessage.has(part.definition))
          return false;
        return part.arguments.every(isAllowed);
      default:
        return false;
    }
  };
  return isAllowed(expression) && isAsked;
}

function isClientId(expression: Expression): boolean {
  return expression.kind === "call" && expression.definition === messageFunctions.clientid;
}

/** The same expression, with a memory. What is no short text or number is computed each time. */
export function rememberedByClient(evaluate: Evaluate): Evaluate {
  const { keptClientsMax } = sqlLimits;
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();
  const keep = (clientId: string, value: Value) => {
    if (young.size >= keptClientsMax / 2) {
      old = young;
      young = new Map();
    }
    young.set(clientId, value);
  };
  return (scope) => {
    const { clientId = "" } = scope.run.message;
    const known = young.get(clientId);
    if (known !== undefined) return known;
    const value = old.get(clientId) ?? evaluate(scope);
    if (isSmall(clientId) && isSmall(value)) keep(clientId, value);
    return value;
  };
}

function isSmall(value: Value): boolean {
  if (typeof value === "string") return value.length <= sqlLimits.keptClientTextMax;
  return typeof value === "number" || typeof value === "boolean";
}
