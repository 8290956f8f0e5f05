import { expect, test } from "bun:test";
import { parseExposition, sampleValue } from "./exposition.ts";

const head = "# HELP m_x_total X\n# TYPE m_x_total counter\n";

test("what is exactly the format is read, escapes included", () => {
  const text = `${head}m_x_total{a="1\\\\2\\"3\\n4",b=""} 1.5e-3\nm_x_total +Inf\n`;
  const [figure] = parseExposition(text).values();
  expect(figure).toEqual({
    name: "m_x_total",
    help: "X",
    kind: "counter",
    samples: [
      { name: "m_x_total", labels: { a: '1\\2"3\n4', b: "" }, value: 0.0015 },
      { name: "m_x_total", labels: {}, value: Number.POSITIVE_INFINITY },
    ],
  });
});

const histogram = (...lines: string[]) =>
  ["# HELP m_h H", "# TYPE m_h histogram", ...lines, ""].join("\n");

test.each([
  ["a last line without its end", "m 1"],
  ["a sample without HELP and TYPE", "m_x_total 1\n"],
  ["a HELP without TYPE", "# HELP m_x_total X\nm_x_total 1\n"],
  ["a blank line", `${head}\nm_x_total 1\n`],
  ["a sample of another name", `${head}m_y_total 1\n`],
  ["a figure that comes twice", `${head}${head}`],
  ["a value that is no number", `${head}m_x_total one\n`],
  ["an escape that is none", `${head}m_x_total{a="\\t"} 1\n`],
  ["a quote that is not escaped", `${head}m_x_total{a="""} 1\n`],
  ["a comma at the end of the labels", `${head}m_x_total{a="1",} 1\n`],
  ["a label that comes twice", `${head}m_x_total{a="1",a="2"} 1\n`],
  ["a sample that comes twice", `${head}m_x_total 1\nm_x_total 2\n`],
  ["a counter below zero", `${head}m_x_total -1\n`],
  ["a counter without _total", "# HELP m_x X\n# TYPE m_x counter\nm_x 1\n"],
  ["a gauge with _total", "# HELP m_x_total X\n# TYPE m_x_total gauge\nm_x_total 1\n"],
  ["a histogram without +Inf", histogram('m_h_bucket{le="1"} 1', "m_h_sum 1", "m_h_count 1")],
  [
    "buckets that fall",
    histogram('m_h_bucket{le="1"} 2', 'm_h_bucket{le="+Inf"} 1', "m_h_sum 1", "m_h_count 1"),
  ],
  [
    "a count unlike its last bucket",
    histogram('m_h_bucket{le="+Inf"} 1', "m_h_sum 1", "m_h_count 2"),
  ],
])("%s is refused", (_what, text) => {
  expect(() => parseExposition(text)).toThrow();
});

test("a sample that is not there is not taken for zero", () => {
  const figures = parseExposition(`${head}m_x_total{a="1"} 7\n`);
  expect(sampleValue(figures, "m_x_total", { a: "1" })).toBe(7);
  expect(() => sampleValue(figures, "m_x_total", { a: "2" })).toThrow();
  expect(() => sampleValue(figures, "m_y_total")).toThrow();
});
