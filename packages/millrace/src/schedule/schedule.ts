/**
 * Schedule expressions: `cron(...)` and `rate(...)`, in UTC. `at(...)` is another service's.
 * [EventBridge: Setting a schedule pattern for scheduled rules]
 */

import { nextMinute, readCron } from "./cron.ts";
import { FieldProblem } from "./field.ts";

export interface Schedule {
  /**
   * The first moment behind `afterMs`; `undefined`: there is none. A rate counts from `sinceMs`,
   * when it was set, so that its first moment is one interval later.
   */
  next(afterMs: number, sinceMs: number): number | undefined;
}

export type ScheduleResult =
  | { readonly ok: true; readonly schedule: Schedule }
  | { readonly ok: false; readonly message: string; readonly offset: number };

const unitMs: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};
const latestMs = Date.UTC(2200, 0);

/** The schedule, or what is wrong with the text, and at which character. */
export function readSchedule(text: string): ScheduleResult {
  const [, kind, inside] = /^(cron|rate)\((.*)\)$/s.exec(text) ?? [];
  if (kind === undefined || inside === undefined) {
    const message = `'${text.slice(0, 100)}' is neither cron(...) nor rate(...)`;
    return { ok: false, message, offset: 0 };
  }
  try {
    return { ok: true, schedule: kind === "cron" ? cronSchedule(inside) : rateSchedule(inside) };
  } catch (thrown) {
    if (!(thrown instanceof FieldProblem)) throw thrown;
    return { ok: false, message: thrown.message, offset: thrown.offset + kind.length + 1 };
  }
}

function cronSchedule(inside: string): Schedule {
  const cron = readCron(inside);
  return { next: (afterMs) => nextMinute(cron, afterMs) };
}

function rateSchedule(inside: string): Schedule {
  const [, digits = "", name = ""] = /^(\S+)\s+(\S+)$/.exec(inside) ?? [];
  if (!/^[1-9]\d{0,8}$/.test(digits)) {
    throw new FieldProblem("a rate is a whole number from 1 and a unit", 0);
  }
  const value = Number(digits);
  const singular = name.replace(/s$/, "");
  const unit = Object.hasOwn(unitMs, singular) ? unitMs[singular]! : undefined;
  const at = inside.indexOf(name, digits.length);
  if (unit === undefined) {
    throw new FieldProblem(`'${name}' is no unit: minute, hour or day, with s from 2 on`, at);
  }
  if ((value === 1) !== (name === singular)) {
    const right = value === 1 ? singular : `${singular}s`;
    throw new FieldProblem(`'${name}' of ${value} must be '${right}'`, at);
  }
  const intervalMs = value * unit;
  return {
    next(afterMs, sinceMs) {
      const count = Math.max(Math.floor((afterMs - sinceMs) / intervalMs) + 1, 1);
      const nextMs = sinceMs + count * intervalMs;
      return nextMs < latestMs ? nextMs : undefined;
    },
  };
}
