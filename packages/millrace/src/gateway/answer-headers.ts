/**
 * The headers of an answer: names in lower case, each with one value, and cookies beside them.
 *
 * As the platform's `Headers`, which cost several times as much: every answer of a function makes
 * some. What would not be a header is refused, controls among it, so that nothing in a value can
 * end its line.
 */

import { headerName } from "../base/mod.ts";

/** Latin-1 without controls but the tab. [RFC 9110: 5.5] */
const text = /^[\t -~\x80-\xff]*$/;

const blanks = /^[\t\r\n ]+|[\t\r\n ]+$/g;

export class AnswerHeaders extends Map<string, string> {
  /** Each has a line of its own. */
  readonly cookies: string[] = [];

  /** Names in lower case. */
  static of(record: Readonly<Record<string, string>>): AnswerHeaders {
    const headers = new AnswerHeaders();
    for (const name in record) headers.set(name, record[name]!);
    return headers;
  }

  /** Throws what `Headers` throws where a value is none: nobody but us has named it. */
  override set(name: string, value: string): this {
    if (!text.test(value)) throw new TypeError(`the header ${name} has a value that is none`);
    return super.set(name, value);
  }

  /** Adds to what is there already. False: no name or value of a header looks like this. */
  append(name: string, value: string): boolean {
    const trimmed = value.replace(blanks, "");
    if (!headerName.test(name) || !text.test(trimmed)) return false;
    if (name === "set-cookie") {
      this.cookies.push(trimmed);
      return true;
    }
    const before = this.get(name);
    this.set(name, before === undefined ? trimmed : `${before}, ${trimmed}`);
    return true;
  }
}
