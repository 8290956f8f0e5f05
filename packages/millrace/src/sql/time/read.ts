/**
 * `time_to_epoch`: a text to milliseconds, by a pattern in Java's language. The text must fit from
 * end to end, case included; without a zone it is in UTC, without a time it is midnight.
 */

import { EvaluationFailure } from "../failure.ts";
import type { Run } from "../run.ts";
import { type Field, parseJavaPattern } from "./java-fields.ts";
import type { Element, NumberElement, OffsetForm, PatternResult } from "./java-pattern.ts";
import { type Fields, resolve } from "./resolve.ts";
import { fixedZone, regionZone, utc, type Zone } from "./zone.ts";
import { regionsByName } from "./zone-names.ts";

export interface TimeReader {
  /** Milliseconds since the epoch; Undefined when the text does not fit or means no time. */
  read(text: string, run: Run): number | undefined;
}

export type TimeReaderResult =
  | { readonly ok: true; readonly reader: TimeReader }
  | Extract<PatternResult, { ok: false }>;

/** The reader of a pattern, or why there is none. */
export function createTimeReader(pattern: string): TimeReaderResult {
  const parsed = parseJavaPattern(pattern);
  if (!parsed.ok) return parsed;
  const { elements } = parsed;
  const read = (text: string, run: Run) => {
    const reading = new Reading(text, run);
    const fits = elements.every((element) => reading.take(element)) && reading.isAtEnd;
    return fits ? resolve(reading.fields, reading.zone) : undefined;
  };
  return { ok: true, reader: { read } };
}

class Reading {
  readonly fields: Fields = new Map();
  zone: Zone | undefined;
  readonly #text: string;
  readonly #run: Run;
  #at = 0;

  constructor(text: string, run: Run) {
    this.#text = text;
    this.#run = run;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** Whether the element fits what comes next, which is then behind. */
  take(element: Element): boolean {
    switch (element.kind) {
      case "literal":
        return this.#takeText(element.text);
      case "number":
        return this.#takeNumber(element);
      case "text": {
        const found = element.texts.find(({ text }) => this.#text.startsWith(text, this.#at));
        return !!found && this.#takeText(found.text) && this.#put(element.field, found.value);
      }
      case "zone":
        return this.#takeZone(element.hasNames);
      case "offset":
        return this.#takeOffset(element.form, element.zero);
      case "localizedOffset":
        return this.#takeLocalizedOffset(element.isFull);
    }
  }

  #takeText(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  /** One field may be read twice, when both say the same. */
  #put(field: Field, value: number): boolean {
    const known = this.fields.get(field);
    if (known !== undefined && known !== value) return false;
    this.fields.set(field, value);
    return true;
  }

  #takeNumber(element: NumberElement): boolean {
    const { minWidth, maxWidth, sign: style, subsequentWidth, field } = element;
    const sign = /^[+-]/.exec(this.#text.slice(this.#at, this.#at + 1))?.[0] ?? "";
    if (sign === "+" && style !== "exceedsPad") return false;
    if (sign === "-" && style === "notNegative") return false;
    this.#at += sign.length;
    const shared = Math.max(subsequentWidth, 0);
    const available = this.#countDigits(maxWidth + shared);
    const width = subsequentWidth > 0 ? Math.max(minWidth, available - subsequentWidth) : available;
    if (available < minWidth || width > available) return false;
    if (style === "exceedsPad" && sign !== "-" && (sign === "+") !== width > minWidth) return false;
    const digits = this.#text.slice(this.#at, this.#at + width);
    this.#at += width;
    if (sign === "-" && Number(digits) === 0) return false;
    return this.#put(field, numberFrom(element, digits) * (sign === "-" ? -1 : 1));
  }

  #countDigits(most: number): number {
    let count = 0;
    while (count < most && /^\d$/.test(this.#text[this.#at + count] ?? "")) count += 1;
    return count;
  }

  #takeZone(hasNames: boolean): boolean {
    const rest = this.#text.slice(this.#at, this.#at + 60);
    if (/^[+-]/.test(rest)) return this.#takeZoneOffset("");
    const prefix = /^(?:UTC(?=$|[+-])|UT(?!C)|GMT)/.exec(rest)?.[0];
    if (prefix !== undefined) {
      this.#at += prefix.length;
      if (this.#text[this.#at] !== "0") return this.#takeZoneOffset(prefix);
      if (prefix === "GMT") this.#at += 1;
      this.zone = utc;
      return true;
    }
    return this.#takeRegion(rest, hasNames) || this.#takeZulu();
  }

  /** Behind `UTC` and its like the offset may be missing, or be none at all. */
  #takeZoneOffset(prefix: string): boolean {
    const start = this.#at;
    const seconds = this.#readOffset({ minutes: "wanted", seconds: "allowed", hasColons: true });
    if (seconds !== undefined && Math.abs(seconds) <= 18 * 3600) {
      this.zone = fixedZone(prefix, seconds);
      return true;
    }
    if (seconds !== undefined || prefix === "") return false;
    this.#at = start;
    this.zone = utc;
    return true;
  }

  /** The longest identifier that there is. Java does not know those that are three letters. */
  #takeRegion(rest: string, hasNames: boolean): boolean {
    const run = /^[A-Za-z][A-Za-z0-9/_+-]*/.exec(rest)?.[0] ?? "";
    for (let end = run.length; end > 1; end -= 1) {
      const id = run.slice(0, end);
      const zone = /^(EST|MST|HST)$/.test(id) ? undefined : regionZone(id, this.#run);
      if (!zone) continue;
      this.#at += end;
      this.zone = zone;
      return true;
    }
    return hasNames && this.#takeZoneName(run);
  }

  #takeZoneName(run: string): boolean {
    const name = /^[A-Z]{2,5}/.exec(run)?.[0];
    if (name === undefined) return false;
    const region = regionsByName.get(name);
    const zone = region && regionZone(region, this.#run);
    if (!zone) {
      throw new EvaluationFailure(`a time zone under the name "${name}" is not implemented`);
    }
    this.#at += name.length;
    this.zone = zone;
    return true;
  }

  #takeZulu(): boolean {
    if (!this.#takeText("Z")) return false;
    this.zone = utc;
    return true;
  }

  #takeOffset(form: OffsetForm, zero: string): boolean {
    if (this.#takeText(zero)) return this.#put("offset", 0);
    const seconds = this.#readOffset(form);
    return seconds !== undefined && this.#put("offset", seconds);
  }

  /** Sign, two digits of hours, minutes and seconds as the form has them. */
  #readOffset({ minutes, seconds, hasColons }: OffsetForm): number | undefined {
    const colon = hasColons ? ":" : "";
    const minutesPart = `${colon}(?<minutes>[0-5]\\d)`;
    const secondsPart = seconds === "allowed" ? `(?:${colon}(?<seconds>[0-5]\\d))?` : "";
    const tail = minutes === "wanted" ? minutesPart + secondsPart : `(?:${minutesPart})?`;
    const pattern = new RegExp(`^(?<sign>[+-])(?<hours>[01]\\d|2[0-3])${tail}`);
    const found = pattern.exec(this.#text.slice(this.#at, this.#at + 10));
    if (!found?.groups) return undefined;
    this.#at += found[0].length;
    const { sign, hours, minutes: minute = 0, seconds: second = 0 } = found.groups;
    const size = Number(hours) * 3600 + Number(minute) * 60 + Number(second);
    return sign === "-" ? -size : size;
  }

  /** `GMT`, and perhaps hours and minutes, as `GMT+8` or in full as `GMT+08:00`. */
  #takeLocalizedOffset(isFull: boolean): boolean {
    if (!this.#takeText("GMT")) return false;
    const rest = this.#text.slice(this.#at, this.#at + 10);
    const found = (
      isFull ? /^([+-])(\d\d):(\d\d)(?::(\d\d))?/ : /^([+-])(\d\d?)(?::(\d\d)(?::(\d\d))?)?/
    ).exec(rest);
    if (!found) return !/^[+-]/.test(rest) && this.#put("offset", 0);
    this.#at += found[0].length;
    const [, sign, hours, minutes = 0, seconds = 0] = found;
    const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    return this.#put("offset", sign === "-" ? -size : size);
  }
}

function numberFrom({ isReduced, isFraction }: NumberElement, digits: string): number {
  if (isFraction) return Number(digits.padEnd(9, "0"));
  const value = Number(digits);
  return isReduced ? 2000 + value : value;
}
