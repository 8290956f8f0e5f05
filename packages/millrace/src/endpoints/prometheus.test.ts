import { afterAll, beforeAll, expect, test } from "bun:test";
import { counter, gauge, Histogram, labelled } from "../base/mod.ts";
import { openDoor } from "./door-fixture.ts";
import { writeFigures } from "./prometheus.ts";

test("a figure is its HELP, its TYPE and its samples", () => {
  const figures = [
    counter("m_messages_total", "Messages", 3),
    gauge("m_lines", "Lines", labelled("state", { open: 1.5, shut: 0 })),
    gauge("m_rules", "Nothing yet", []),
  ];
  expect(writeFigures(figures)).toBe(
    [
      "# HELP m_messages_total Messages",
      "# TYPE m_messages_total counter",
      "m_messages_total 3",
      "# HELP m_lines Lines",
      "# TYPE m_lines gauge",
      'm_lines{state="open"} 1.5',
      'm_lines{state="shut"} 0',
      "# HELP m_rules Nothing yet",
      "# TYPE m_rules gauge",
      "",
    ].join("\n"),
  );
});

test("the buckets of a histogram add up, and the last is its count", () => {
  const histogram = new Histogram([0.25, 1]);
  for (const value of [0.25, 0.5, 0.5, 4]) histogram.observe(value);
  const figure = { name: "m_wait_seconds", help: "Waits", kind: "histogram", histogram } as const;
  expect(writeFigures([figure])).toBe(
    [
      "# HELP m_wait_seconds Waits",
      "# TYPE m_wait_seconds histogram",
      'm_wait_seconds_bucket{le="0.25"} 1',
      'm_wait_seconds_bucket{le="1"} 3',
      'm_wait_seconds_bucket{le="+Inf"} 4',
      "m_wait_seconds_sum 5.25",
      "m_wait_seconds_count 4",
      "",
    ].join("\n"),
  );
});

test("backslashes, line feeds and, in labels, quotes are escaped", () => {
  const text = 'a\\b "c"\nd';
  const samples = [{ labels: { room: text, shop: "x" }, value: 1 }];
  expect(writeFigures([gauge("m_x", text, samples)])).toBe(
    [
      '# HELP m_x a\\\\b "c"\\nd',
      "# TYPE m_x gauge",
      'm_x{room="a\\\\b \\"c\\"\\nd",shop="x"} 1',
      "",
    ].join("\n"),
  );
});

test.each([
  [Number.POSITIVE_INFINITY, "+Inf"],
  [Number.NEGATIVE_INFINITY, "-Inf"],
  [Number.NaN, "NaN"],
  [1e21, "1e+21"],
  [0.000_25, "0.00025"],
])("the number %p is written %p", (value, text) => {
  expect(writeFigures([gauge("m_x", "X", value)])).toEndWith(`\nm_x ${text}\n`);
});

let door: Awaited<ReturnType<typeof openDoor>>;

beforeAll(async () => {
  door = await openDoor();
});

afterAll(() => door.close());

test("GET /metrics answers with the figures of that moment", async () => {
  let value = 0;
  door.state.figures = () => {
    value += 1;
    return [gauge("m_asked", "Times", value)];
  };
  for (const times of [1, 2]) {
    const answer = await fetch(`${door.url}/metrics`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(await answer.text()).toEndWith(`m_asked ${times}\n`);
  }
});

test("no other method asks for figures, and no page from elsewhere", async () => {
  expect((await fetch(`${door.url}/metrics`, { method: "POST" })).status).toBe(405);
  const headers = { origin: "https://evil.example" };
  expect((await fetch(`${door.url}/metrics`, { headers })).status).toBe(403);
});
