/**
 * What the `cloudwatchMetric` actions have measured, as figures.
 *
 * Messages may name the series, so their number is bounded: a value of one more is refused, which
 * is its action's failure. Kept are the number of values, their sum, and the last by its own time;
 * statistics are for whoever reads the figures.
 */

import { counter, type Figure, type Figured, gauge } from "../base/mod.ts";
import { rulesLimits } from "./limits.ts";
import type { Metric } from "./ports.ts";

interface Series {
  readonly labels: { readonly namespace: string; readonly metric: string; readonly unit: string };
  count: number;
  sum: number;
  last: number;
  lastMs: number;
}

export class MetricSeries implements Figured {
  readonly #series = new Map<string, Series>();
  readonly #seriesMax: number;
  #refusedCount = 0;

  constructor(seriesMax: number = rulesLimits.metricSeriesMax) {
    this.#seriesMax = seriesMax;
  }

  /** Why the value was not taken; `undefined` when it was. */
  readonly put = ({ namespace, name, unit, value, timestampMs }: Metric): string | undefined => {
    const key = JSON.stringify([namespace, name, unit]);
    let series = this.#series.get(key);
    if (!series) {
      if (this.#series.size >= this.#seriesMax) {
        this.#refusedCount += 1;
        return `there are ${this.#seriesMax} series of metrics already, no more are taken`;
      }
      const labels = { namespace, metric: name, unit };
      series = { labels, count: 0, sum: 0, last: value, lastMs: timestampMs };
      this.#series.set(key, series);
    }
    series.count += 1;
    series.sum += value;
    if (timestampMs >= series.lastMs) [series.last, series.lastMs] = [value, timestampMs];
    return undefined;
  };

  figures(): Figure[] {
    const samples = (read: (series: Series) => number) =>
      [...this.#series.values()].map((series) => ({ labels: series.labels, value: read(series) }));
    return [
      counter(
        "millrace_rule_metric_values_total",
        "Values that rules have put into a metric",
        samples(({ count }) => count),
      ),
      gauge(
        "millrace_rule_metric_sum",
        "Sum of the values that rules have put into a metric; values may be negative",
        samples(({ sum }) => sum),
      ),
      gauge(
        "millrace_rule_metric_last",
        "The value with the latest time of those that rules have put into a metric",
        samples(({ last }) => last),
      ),
      counter(
        "millrace_rule_metric_values_refused_total",
        "Values of metrics that found no room, because there are too many metrics",
        this.#refusedCount,
      ),
    ];
  }
}
