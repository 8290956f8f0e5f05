/**
 * Figures: what a part has counted and what it holds, for whoever shows it.
 *
 * A part counts in plain fields, so that counting costs an addition, and makes figures of them when
 * it is asked. Names, kinds and units are those of Prometheus: base units (seconds, bytes) at the
 * end of the name, `_total` for what only grows. The label values of a figure are a small set that
 * is known beforehand; no client, topic or message is ever one.
 */

import type { Histogram } from "./histogram.ts";

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

interface Described {
  readonly name: string;
  /** A sentence or two, for people. */
  readonly help: string;
}

export interface NumberFigure extends Described {
  /** A counter only grows until the process ends; a gauge goes up and down. */
  readonly kind: "counter" | "gauge";
  /** Without any, there is nothing yet that the labels could name. */
  readonly samples: readonly Sample[];
}

export interface HistogramFigure extends Described {
  readonly kind: "histogram";
  readonly histogram: Histogram;
}

export type Figure = NumberFigure | HistogramFigure;

/** What can be asked for its figures at any time. */
export interface Figured {
  /** The same names at every call, each once. */
  figures(): readonly Figure[];
}

const noLabels: Labels = {};

export function counter(
  name: string,
  help: string,
  value: number | readonly Sample[],
): NumberFigure {
  return { name, help, kind: "counter", samples: samplesOf(value) };
}

export function gauge(name: string, help: string, value: number | readonly Sample[]): NumberFigure {
  return { name, help, kind: "gauge", samples: samplesOf(value) };
}

/** A sample for each entry of the record, its key as the value of `label`. */
export function labelled(label: string, record: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(record).map(([key, value]) => ({ labels: { [label]: key }, value }));
}

function samplesOf(value: number | readonly Sample[]): readonly Sample[] {
  return typeof value === "number" ? [{ labels: noLabels, value }] : value;
}
