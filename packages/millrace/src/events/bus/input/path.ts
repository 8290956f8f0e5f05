/**
 * Paths into an event, `$.detail.items[0].name`: names after dots, indexes and `*` in brackets. No
 * filters and no searching, as EventBridge has none. [EventBridge: Input transformation]
 */

import { type EventValue, isEventObject } from "../../../patterns/mod.ts";
import { busLimits } from "../limits.ts";

/** A name, an index, or everything. */
type Step = string | number | typeof everything;

const everything = Symbol("*");

export interface EventPath {
  /** `undefined`: there is nothing there. With a `*` in the path a list of all that is there. */
  find(event: EventValue): EventValue | undefined;
}

/** `undefined`: the text is no such path. */
export function readPath(text: string): EventPath | undefined {
  if (text.length > busLimits.pathCharactersMax) return undefined;
  if (!/^\$(\.[\w/-]+|\.\*|\[\d+\]|\[\*\])*$/.test(text)) return undefined;
  const steps = [...text.matchAll(/\.([\w/-]+|\*)|\[(\d+|\*)\]/g)].map(([, name, index]): Step => {
    if (name === "*" || index === "*") return everything;
    return name ?? Number(index);
  });
  const isMany = steps.includes(everything);
  return {
    find(event) {
      const found = steps.reduce<readonly EventValue[]>(
        (values, step) => values.flatMap((value) => inside(value, step)),
        [event],
      );
      return isMany && found.length > 0 ? found : found[0];
    },
  };
}

function inside(value: EventValue, step: Step): EventValue[] {
  if (Array.isArray(value)) {
    if (step === everything) return [...(value as EventValue[])];
    return typeof step === "number" && step < value.length ? [value[step] as EventValue] : [];
  }
  if (!isEventObject(value)) return [];
  if (step === everything) return Object.values(value);
  return typeof step === "string" && Object.hasOwn(value, step) ? [value[step]!] : [];
}
