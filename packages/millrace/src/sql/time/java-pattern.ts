/**
 * Patterns of `java.time.format.DateTimeFormatter` (JDK 11), as far as reading times needs them.
 *
 * A pattern becomes a list of elements. Numbers that stand side by side share their digits: those
 * of fixed width keep theirs, the one before them takes what is left.
 */

import type { Field } from "./java-fields.ts";

/** How a number may be signed, as Java calls it. */
export type SignStyle = "normal" | "notNegative" | "exceedsPad";

export interface NumberElement {
  readonly kind: "number";
  readonly field: Field;
  readonly minWidth: number;
  readonly maxWidth: number;
  readonly sign: SignStyle;
  /** Of the fixed numbers right behind it. */
  subsequentWidth: number;
  /** Two digits of a year from 2000 on. */
  readonly isReduced?: true;
  /** Digits behind a point: padded with zeros to nanoseconds. */
  readonly isFraction?: true;
}

export type Element =
  | { readonly kind: "literal"; readonly text: string }
  | NumberElement
  | { readonly kind: "text"; readonly field: Field; readonly texts: readonly TextValue[] }
  | { readonly kind: "zone"; readonly hasNames: boolean }
  | { readonly kind: "offset"; readonly form: OffsetForm; readonly zero: string }
  | { readonly kind: "localizedOffset"; readonly isFull: boolean };

export interface TextValue {
  readonly text: string;
  readonly value: number;
}

/** Minutes and seconds: wanted, allowed or not there; with colons between or without. */
export interface OffsetForm {
  readonly minutes: "wanted" | "allowed";
  readonly seconds: "allowed" | "none";
  readonly hasColons: boolean;
}

export type PatternResult =
  | { readonly ok: true; readonly elements: readonly Element[] }
  | {
      readonly ok: false;
      readonly reason: "invalid" | "notImplemented";
      readonly message: string;
    };

export class TimePatternRefusal extends Error {
  readonly reason: "invalid" | "notImplemented";

  constructor(reason: "invalid" | "notImplemented", message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The elements in their order; numbers side by side know of each other. */
export class ElementList {
  readonly elements: Element[] = [];
  #activeNumber: NumberElement | undefined;

  addLiteral(text: string): void {
    const last = this.elements.at(-1);
    this.#activeNumber = undefined;
    if (last?.kind === "literal") this.elements.splice(-1);
    this.elements.push({
      kind: "literal",
      text: last?.kind === "literal" ? last.text + text : text,
    });
  }

  add(element: Exclude<Element, NumberElement>): void {
    this.#activeNumber = undefined;
    this.elements.push(element);
  }

  addNumber(number: Omit<NumberElement, "kind" | "subsequentWidth">): void {
    const isFixed = number.minWidth === number.maxWidth && number.sign === "notNegative";
    const element: NumberElement = { kind: "number", subsequentWidth: 0, ...number };
    const active = this.#activeNumber;
    this.elements.push(element);
    if (active && isFixed) {
      active.subsequentWidth += number.maxWidth;
      element.subsequentWidth = fixedWidth;
      return;
    }
    if (active) active.subsequentWidth = fixedWidth;
    this.#activeNumber = element;
  }
}

/** Instead of a width: the number shares no digits. */
export const fixedWidth = -1;
