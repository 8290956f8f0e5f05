import { expect, test } from "bun:test";
import { readHttpResult, readRestResult } from "./answer.ts";
import { headerValuesMax } from "./limits.ts";

const numbered = (count: number) => Array.from({ length: count }, (_, at) => `v${at}`);

test("a value of a header counts once, in whichever map it is", () => {
  const headers = { "X-A": "v1", "x-b": "1" };
  const multiValueHeaders = { "x-a": ["v0", "v1", "v0"], "X-B": [1, true] };
  const answer = readRestResult({ statusCode: 200, headers, multiValueHeaders }, false);
  expect(answer?.headers.get("x-a")).toBe("v0, v1");
  expect(answer?.headers.get("x-b")).toBe("1, true");
});

test("an answer has a bounded number of them", () => {
  const answer = (values: string[], names: string[] = []) => {
    const headers = Object.fromEntries(names.map((name) => [name, "1"]));
    const multiValueHeaders = { a: values };
    return readRestResult({ statusCode: 200, headers, multiValueHeaders }, false);
  };
  const values = numbered(headerValuesMax);
  expect(answer(values)?.headers.get("a")).toBe(values.join(", "));
  expect(answer([], values)?.headers.get("v1")).toBe("1");
  expect(answer([...values, "one more"])).toBeUndefined();
  expect(answer(["one more"], values)).toBeUndefined();
  expect(answer(numbered(100_000))).toBeUndefined();
  const withCookies = (cookies: string[]) => readHttpResult({ statusCode: 200, cookies });
  expect(withCookies(values)?.headers.cookies).toEqual(values);
  expect(withCookies([...values, "one more"])).toBeUndefined();
});

test("an empty content type is none", () => {
  const result = { statusCode: 200, headers: { "Content-Type": "" } };
  expect(readHttpResult(result)?.headers.get("content-type")).toBe("text/plain;charset=UTF-8");
  expect(readRestResult(result, false)?.headers.get("content-type")).toBe("application/json");
});

test("a REST API needs no member of a result, and takes no other", () => {
  expect(readRestResult({}, false)).toMatchObject({ status: 200, body: new Uint8Array(0) });
  expect(readRestResult({ body: "x" }, false)).toMatchObject({ status: 200, body: "x" });
  expect(readRestResult({ statusCode: 200, body: "x", ok: true }, false)).toBeUndefined();
  expect(readRestResult({ statusCode: 200, cookies: [] }, false)).toBeUndefined();
});
