/** Times to text and back: `parse_time` in Joda-Time's language, `time_to_epoch` in Java's. */

import { EvaluationFailure } from "../failure.ts";
import type { Run } from "../run.ts";
import { createPrinter } from "../time/print.ts";
import { createTimeReader } from "../time/read.ts";
import { fixedZone, regionZone, utc, type Zone } from "../time/zone.ts";
import { hasShortNames } from "../time/zone-names.ts";
import { toInt, toText } from "../values/convert.ts";
import type { Value } from "../values/value.ts";
import { type FunctionTable, onPattern, type PreparedPattern, since2016 } from "./definition.ts";

export const timeFunctions: FunctionTable = {
  parse_time: since2016(onPattern([2, 3], 0, preparePrinting)),
  time_to_epoch: since2016(onPattern(2, 1, prepareReading)),
};

/** Of a pattern, and of a time with it, as work: asking for an offset takes some microseconds. */
const preparingCost = 500;
const conversionCost = 500;

/** What `Date` and the time zones of the runtime know: to the year 275760 and back as far. */
const epochMsMax = 8.64e15;

function preparePrinting(pattern: string, [, literalZone]: readonly Value[]): PreparedPattern {
  const created = createPrinter(pattern);
  if (!created.ok) return created;
  const { printer } = created;
  const region = typeof literalZone === "string" ? regionZone(literalZone) : undefined;
  if (printer.needsZoneName && region && !hasShortNames(region.id)) {
    const message = `the short name of time zone "${region.id}" is not implemented`;
    return { ok: false, reason: "notImplemented", message };
  }
  const apply = (run: Run, epochMs: Value, ...zones: Value[]) => {
    run.spend(conversionCost);
    const whole = toInt(epochMs);
    const zone = zones.length === 0 ? utc : jodaZone(toText(zones[0], run), run);
    if (whole === undefined || !zone) return undefined;
    if (typeof whole !== "number" || Math.abs(whole) > epochMsMax) {
      throw new EvaluationFailure("a time so far away is not implemented");
    }
    return printer.print(whole, zone);
  };
  return { ok: true, apply, work: preparingCost };
}

/** `UTC`, an offset such as `+02:00`, or a region. */
function jodaZone(id: string | undefined, run: Run): Zone | undefined {
  if (id === undefined) return undefined;
  if (id === "UTC") return utc;
  if (!/^[+-]/.test(id)) return regionZone(id, run);
  const found = /^([+-])([01]\d|2[0-3]):([0-5]\d)$/.exec(id);
  if (!found) throw new EvaluationFailure(`an offset such as "${id}" is not implemented`);
  const [, sign, hours, minutes] = found;
  const seconds = Number(hours) * 3600 + Number(minutes) * 60;
  return seconds === 0 ? utc : fixedZone(id, sign === "-" ? -seconds : seconds);
}

function prepareReading(pattern: string): PreparedPattern {
  const created = createTimeReader(pattern);
  if (!created.ok) return created;
  const { reader } = created;
  const apply = (run: Run, source: Value) => {
    run.spend(conversionCost);
    const text = toText(source, run);
    return text === undefined ? undefined : reader.read(text, run);
  };
  return { ok: true, apply, work: preparingCost };
}
