/**
 * AttributeUpdates, the update that came before expressions: an action for each attribute.
 *
 * PUT sets; DELETE removes, or takes members from a set; ADD adds to a number, a set or a list.
 */

import {
  type AttributeValue,
  attributeOf,
  type Item,
  setMembers,
  typeOf,
} from "./attribute-value.ts";
import { attempt, messages, type Outcome, refuse } from "./errors.ts";
import { addNumbers } from "./number.ts";
import type { Update } from "./update.ts";
import { setLike } from "./update-actions.ts";

export interface LegacyAction {
  readonly attribute: string;
  readonly action: "PUT" | "ADD" | "DELETE";
  readonly value?: AttributeValue;
}

/** The update, or why the service would refuse it whatever the item. */
export function compileLegacyUpdate(actions: readonly LegacyAction[]): Outcome<Update> {
  return attempt(() => {
    for (const action of actions) checkAction(action);
    return {
      paths: actions.map(({ attribute }) => [attribute]),
      createsItem: actions.some(({ action }) => action !== "DELETE"),
      apply: (item: Item) => attempt(() => applyActions(actions, item)),
    };
  });
}

function checkAction({ action, value }: LegacyAction): void {
  if (!value) {
    if (action !== "DELETE") refuse(messages.legacyValueMissing);
    return;
  }
  const type = typeOf(value);
  if (action === "DELETE" && !setMembers(value)) refuse(messages.legacyDeleteType(type));
  const addable = type === "N" || type === "L" || setMembers(value);
  if (action === "ADD" && !addable) refuse(messages.legacyAddType(type));
}

function applyActions(actions: readonly LegacyAction[], item: Item): Item {
  const attributes = new Map(Object.entries(item));
  for (const action of actions) {
    const edited = editValue(action, attributeOf(item, action.attribute));
    if (edited === undefined) attributes.delete(action.attribute);
    else attributes.set(action.attribute, edited);
  }
  return Object.fromEntries(attributes);
}

function editValue(
  { action, value }: LegacyAction,
  existing: AttributeValue | undefined,
): AttributeValue | undefined {
  if (action === "PUT" || !value) return value;
  if (existing && typeOf(existing) !== typeOf(value)) refuse(messages.legacyTypeMismatch);
  if (action === "DELETE") return existing && withoutMembers(existing, value);
  return existing ? withMore(existing, value) : value;
}

function withoutMembers(existing: AttributeValue, value: AttributeValue) {
  const removed = new Set(setMembers(value));
  const left = setMembers(existing)!.filter((member) => !removed.has(member));
  return left.length > 0 ? setLike(value, left) : undefined;
}

function withMore(existing: AttributeValue, value: AttributeValue): AttributeValue {
  if ("N" in existing && "N" in value) return { N: addNumbers(existing.N, value.N) };
  if ("L" in existing && "L" in value) return { L: [...existing.L, ...value.L] };
  return setLike(value, [...new Set([...setMembers(existing)!, ...setMembers(value)!])]);
}
