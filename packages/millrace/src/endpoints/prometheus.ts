/**
 * Figures in Prometheus' text format, version 0.0.4: the one place where they become it.
 *
 * A figure is one group of lines: HELP, TYPE, then its samples. Backslashes and line feeds are
 * escaped, in label values double quotes too. A histogram's buckets are cumulative on the wire,
 * and the last one, without bound, is the count.
 */

import type { Figure, HistogramFigure, Labels, NumberFigure } from "../base/mod.ts";

export const textFormat = "text/plain; version=0.0.4; charset=utf-8";

/** Each figure's lines, in the order of the figures; ends with a line feed. */
export function writeFigures(figures: readonly Figure[]): string {
  return figures.map(groupOf).join("");
}

function groupOf(figure: Figure): string {
  const { name, help, kind } = figure;
  const samples = kind === "histogram" ? bucketLines(figure) : sampleLines(figure);
  const head = [`# HELP ${name} ${escapeText(help)}`, `# TYPE ${name} ${kind}`];
  return [...head, ...samples].map((line) => `${line}\n`).join("");
}

function sampleLines({ name, samples }: NumberFigure): string[] {
  return samples.map(({ labels, value }) => sampleLine(name, labels, value));
}

function bucketLines({ name, histogram }: HistogramFigure): string[] {
  const { bounds, counts, sum, count } = histogram;
  let cumulated = 0;
  const buckets = counts.map((inBucket, at) => {
    cumulated += inBucket;
    const le = numberText(bounds[at] ?? Number.POSITIVE_INFINITY);
    return sampleLine(`${name}_bucket`, { le }, cumulated);
  });
  return [...buckets, sampleLine(`${name}_sum`, {}, sum), sampleLine(`${name}_count`, {}, count)];
}

function sampleLine(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  const braces = pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
  return `${name}${braces} ${numberText(value)}`;
}

/** As Go's ParseFloat reads it. */
function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "+Inf" : "-Inf";
}

function escapeText(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeLabel(text: string): string {
  return escapeText(text).replaceAll('"', '\\"');
}
