/** A moment in a query: milliseconds since the epoch, or a date and time of ISO 8601. */

import type { Query } from "../query.ts";

/** `undefined` when it is absent, or no moment, which is reported. */
export function readMoment(query: Query, name: string): number | undefined {
  const text = query.text(name);
  if (text === undefined) return undefined;
  const moment = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text);
  if (!Number.isNaN(moment)) return moment;
  query.report(`${name} "${text}" is no moment`);
  return undefined;
}
