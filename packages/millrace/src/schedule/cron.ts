/**
 * `cron(minutes hours day-of-month month day-of-week year)`, in UTC: which minutes are meant, and
 * which of them comes next. [EventBridge: Cron expressions reference]
 */

import { type DayTest, readDayOfMonth, readDayOfWeek } from "./days.ts";
import { type FieldForm, FieldProblem, readField } from "./field.ts";

const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const minuteForm: FieldForm = { title: "minutes", min: 0, max: 59, hasSteps: true };
const hourForm: FieldForm = { title: "hours", min: 0, max: 23, hasSteps: true };
const monthForm: FieldForm = { title: "month", min: 1, max: 12, names: months, hasSteps: true };
const yearForm: FieldForm = { title: "year", min: 1970, max: 2199, hasSteps: true };

export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly isDay: DayTest;
  readonly months: readonly number[];
  readonly years: readonly number[];
}

/** Reads what stands in the brackets; throws a `FieldProblem`. */
export function readCron(text: string): Cron {
  const fields = [...text.matchAll(/\S+/g)];
  if (fields.length !== 6) {
    const message = `a cron expression has six fields, not ${fields.length}`;
    throw new FieldProblem(message, fields[6]?.index ?? 0);
  }
  const read = <T>(at: number, reader: (field: string) => T): T => {
    const [field, offset] = [fields[at]![0], fields[at]!.index];
    try {
      return reader(field);
    } catch (thrown) {
      if (!(thrown instanceof FieldProblem)) throw thrown;
      throw new FieldProblem(thrown.message, offset + thrown.offset);
    }
  };
  const values = (at: number, form: FieldForm) => read(at, (field) => readField(field, form));
  const [anyDayOfMonth, anyDayOfWeek] = [fields[2]![0] === "?", fields[4]![0] === "?"];
  if (anyDayOfMonth === anyDayOfWeek) {
    const message = "exactly one of the day-of-month and day-of-week fields must be '?'";
    throw new FieldProblem(message, fields[4]!.index);
  }
  return {
    minutes: values(0, minuteForm),
    hours: values(1, hourForm),
    isDay: anyDayOfMonth ? read(4, readDayOfWeek) : read(2, readDayOfMonth),
    months: values(3, monthForm),
    years: values(5, yearForm),
  };
}

/** The first minute behind the moment; `undefined`: there is none before the year 2200. */
export function nextMinute(cron: Cron, afterMs: number): number | undefined {
  const from = new Date(Math.floor(afterMs / 60_000) * 60_000 + 60_000);
  const fromYear = from.getUTCFullYear();
  for (const year of cron.years) {
    if (year < fromYear) continue;
    for (const month of cron.months) {
      const isFirst = year === fromYear && month === from.getUTCMonth() + 1;
      if (year === fromYear && month < from.getUTCMonth() + 1) continue;
      const found = nextInMonth(cron, { year, month, from: isFirst ? from : undefined });
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

interface Month {
  readonly year: number;
  readonly month: number;
  /** Nothing before it; absent: all of the month. */
  readonly from: Date | undefined;
}

function nextInMonth(cron: Cron, { year, month, from }: Month): number | undefined {
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const firstDay = from?.getUTCDate() ?? 1;
  for (let dayOfMonth = firstDay; dayOfMonth <= daysInMonth; dayOfMonth += 1) {
    const start = Date.UTC(year, month - 1, dayOfMonth);
    const dayOfWeek = new Date(start).getUTCDay() + 1;
    if (!cron.isDay({ dayOfMonth, dayOfWeek, daysInMonth })) continue;
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const found = start + (hour * 60 + minute) * 60_000;
        if (!from || found >= from.getTime()) return found;
      }
    }
  }
  return undefined;
}
