/** A moment in a query: milliseconds since the epoch, or a date and time of ISO 8601. */

import { momentOf } from "../../base/mod.ts";
import type { Query } from "../query.ts";

/** `undefined` when it is absent, or no moment, which is reported. */
export function readMoment(query: Query, name: string): number | undefined {
  const text = query.text(name);
  if (text === undefined) return undefined;
  const moment = momentOf(text);
  if (moment === undefined) query.report(`${name} "${text}" is no moment`);
  return moment;
}
