import { expect, test } from "bun:test";
import { chooseCoding } from "./content-coding.ts";

test.each([
  [null, undefined],
  ["", undefined],
  ["identity", undefined],
  ["gzip", "gzip"],
  ["gzip, deflate, br", "br"],
  ["GZIP;q=1.0, br;q=0.8", "gzip"],
  ["br;q=0, gzip", "gzip"],
  ["br;q=0, gzip;q=0", undefined],
  ["*", "br"],
  ["*;q=0.1, gzip", "gzip"],
  ["br;q=much", undefined],
])("a client that accepts %j gets %p", (accept, coding) => {
  expect(chooseCoding(accept)).toBe(coding as never);
});
