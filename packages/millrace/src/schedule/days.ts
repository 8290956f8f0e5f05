/**
 * The two fields of a cron expression that say which days: of the month and of the week. One of
 * them is `?`. [EventBridge: Cron expressions reference]
 */

import { type FieldForm, FieldProblem, readField, readValue } from "./field.ts";

/** Whether a day of a month is one. */
export type DayTest = (day: Day) => boolean;

export interface Day {
  readonly dayOfMonth: number;
  /** 1 is Sunday. */
  readonly dayOfWeek: number;
  readonly daysInMonth: number;
}

const ofMonth: FieldForm = { title: "day-of-month", min: 1, max: 31, hasSteps: true };
const weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const ofWeek: FieldForm = {
  title: "day-of-week",
  min: 1,
  max: 7,
  names: weekdays,
  hasSteps: false,
};

/** Days of the month; throws a `FieldProblem`. */
export function readDayOfMonth(text: string): DayTest {
  if (/^L$/i.test(text)) return ({ dayOfMonth, daysInMonth }) => dayOfMonth === daysInMonth;
  const nearest = /^(\w+)W$/i.exec(text)?.[1];
  if (nearest !== undefined) return nearestWeekday(readValue(nearest, ofMonth, 0));
  refuseInside(text, ofMonth, "LW");
  const values = new Set(readField(text, ofMonth));
  return ({ dayOfMonth }) => values.has(dayOfMonth);
}

/** Days of the week; throws a `FieldProblem`. */
export function readDayOfWeek(text: string): DayTest {
  if (/^L$/i.test(text)) return ({ dayOfWeek }) => dayOfWeek === 7;
  const last = /^(\d+|[A-Z]{3})L$/i.exec(text)?.[1];
  if (last !== undefined) {
    const wanted = readValue(last, ofWeek, 0);
    return ({ dayOfWeek, dayOfMonth, daysInMonth }) =>
      dayOfWeek === wanted && dayOfMonth > daysInMonth - 7;
  }
  if (text.includes("#")) return readInstance(text);
  refuseInside(text, ofWeek, "L");
  const values = new Set(readField(text, ofWeek));
  return ({ dayOfWeek }) => values.has(dayOfWeek);
}

/** `6#3`: the third Friday. */
function readInstance(text: string): DayTest {
  if (text.includes(",")) {
    throw new FieldProblem("with '#' there is one expression in the day-of-week field", 0);
  }
  const at = text.indexOf("#");
  const wanted = readValue(text.slice(0, at), ofWeek, 0);
  const instance = text.slice(at + 1);
  if (!/^[1-5]$/.test(instance)) {
    throw new FieldProblem(`'${instance}' is no instance in a month: 1 to 5`, at + 1);
  }
  return ({ dayOfWeek, dayOfMonth }) =>
    dayOfWeek === wanted && Math.ceil(dayOfMonth / 7) === Number(instance);
}

/** In the same month, even where that is two days away. */
function nearestWeekday(wanted: number): DayTest {
  return ({ dayOfMonth, dayOfWeek, daysInMonth }) => {
    if (wanted > daysInMonth) return false;
    const dayOfWanted = ((((dayOfWeek - 1 + wanted - dayOfMonth) % 7) + 7) % 7) + 1;
    if (dayOfWanted === 7) return dayOfMonth === (wanted === 1 ? 3 : wanted - 1);
    if (dayOfWanted === 1) return dayOfMonth === (wanted === daysInMonth ? wanted - 2 : wanted + 1);
    return dayOfMonth === wanted;
  };
}

/** Letters that stand alone or behind one value, not within lists, ranges and steps. */
function refuseInside(text: string, { title }: FieldForm, letters: string): void {
  const found = new RegExp(`(?<![A-Z])[${letters}](?![A-Z])`, "i").exec(text);
  if (!found && !text.includes("?")) return;
  const [letter] = found ?? ["?"];
  const message = `'${letter}' stands alone in the ${title} field, or behind one value`;
  throw new FieldProblem(
    letter === "?" ? `'?' stands alone in the ${title} field` : message,
    found?.index ?? text.indexOf("?"),
  );
}
