/** CloudWatch metric: a value of a series that the message names. */

import { required, roleArn, template } from "../payload/members.ts";
import { defineAction, failing, isDecimal, render, renderIfGiven } from "./action.ts";

/** What CloudWatch measures in. */
const units = [
  "Seconds",
  "Microseconds",
  "Milliseconds",
  "Bytes",
  "Kilobytes",
  "Megabytes",
  "Gigabytes",
  "Terabytes",
  "Bits",
  "Kilobits",
  "Megabits",
  "Gigabits",
  "Terabits",
  "Percent",
  "Count",
  "Bytes/Second",
  "Kilobytes/Second",
  "Megabytes/Second",
  "Gigabytes/Second",
  "Terabytes/Second",
  "Bits/Second",
  "Kilobits/Second",
  "Megabits/Second",
  "Gigabits/Second",
  "Terabits/Second",
  "Count/Second",
  "None",
];

/** Of a namespace, and of a metric's name. [CloudWatch: PutMetricData, MetricDatum] */
const nameCharactersMax = 255;

export const cloudwatchMetric = defineAction({
  failedName: "CloudWatchMetricAction",
  resource: "metricName",
  members: {
    metricNamespace: required(template()),
    metricName: required(template()),
    metricValue: required(template()),
    metricUnit: required(template({ oneOf: units })),
    /** Seconds since the epoch; absent: now. */
    metricTimestamp: template(),
    roleArn: required(roleArn),
  },
  load(settings, { ports, refuse, resource }) {
    const { putMetric } = ports;
    if (!putMetric) {
      refuse("metricName", 'action "cloudwatchMetric" needs metrics, which are not there');
    }
    return {
      async prepare(input) {
        const namespace = await render(settings.metricNamespace, input);
        const name = await render(settings.metricName, input);
        const unit = await render(settings.metricUnit, input);
        const value = await render(settings.metricValue, input);
        const seconds = await renderIfGiven(settings.metricTimestamp, input);
        if (namespace === "" || name === "") {
          return failing(resource, "the namespace or the name of the metric is empty");
        }
        if (Math.max(namespace.length, name.length) > nameCharactersMax) {
          const bound = `more than ${nameCharactersMax} characters`;
          return failing(resource, `the namespace or the name of the metric has ${bound}`);
        }
        if (!units.includes(unit)) return failing(name, `"${unit}" is no unit of CloudWatch`);
        if (!isDecimal(value)) return failing(name, `"${value}" is no number`);
        if (seconds !== undefined && !isDecimal(seconds)) {
          return failing(name, `"${seconds}" is no time in seconds`);
        }
        const { receivedAtMs } = input.context;
        const timestampMs = seconds === undefined ? receivedAtMs : Number(seconds) * 1000;
        const metric = { namespace, name, unit, value: Number(value), timestampMs };
        return { resource: name, perform: () => putMetric?.(metric) };
      },
    };
  },
});
