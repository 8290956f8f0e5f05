import { expect, test } from "bun:test";
import { readAnswer } from "./http-client.ts";

const sized = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const chunked =
  "HTTP/1.1 400 Bad\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";

test.each([
  [sized, 200],
  [chunked, 400],
])("an answer is read when all of it is there: %j", (text, status) => {
  const bytes = Buffer.from(text);
  for (let length = 0; length < bytes.length; length += 1) {
    expect(readAnswer(bytes.subarray(0, length))).toBeUndefined();
  }
  const answer = readAnswer(bytes)!;
  expect([answer.status, answer.body.toString()]).toEqual([status, "hello"]);
});

test("an answer whose end nobody tells is no answer", () => {
  expect(() => readAnswer(Buffer.from("HTTP/1.1 200 OK\r\n\r\n"))).toThrow("no known length");
});
