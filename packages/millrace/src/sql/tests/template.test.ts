// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts under test are templates

import { describe, expect, test } from "bun:test";
import { compileTemplate } from "../mod.ts";
import { messageOf, render as renderTemplate } from "./evaluate.ts";

const payload = '{"room":"lobby","n":null,"t":21.50,"o":{"a":[1]},"b":true}';

function render(text: string): string {
  return renderTemplate(text, messageOf(payload, { receivedAtMs: 5 }));
}

describe("substitution templates", () => {
  test("are spliced into the text around them", () => {
    expect(render("devices/${topic(2)}/${room}")).toBe("devices/a1/lobby");
    expect(render("no template")).toBe("no template");
    expect(render("")).toBe("");
  });

  test("end at the brace that closes the expression, not at the first one", () => {
    expect(render("x${get({'a':'}'},'a')}y")).toBe("x}y");
    expect(render("${get({'a':{'b':1}},'a')}")).toBe('{"b":1}');
  });

  test("are empty for Undefined and Null, and text for everything else", () => {
    expect(render("a/${missing}/b/${n}")).toBe("a//b/");
    expect(render("${t} ${o} ${b} ${timestamp()}")).toBe('21.5 {"a":[1]} true 5');
  });

  test("leave a dollar without a brace alone", () => {
    expect(render("$aws/$x{}")).toBe("$aws/$x{}");
  });

  test("are refused with their place in the text", () => {
    const compiled = compileTemplate("a/${room", { version: "2016-03-23" });
    expect(compiled).toEqual({
      ok: false,
      error: { message: 'expected "}" or an operator, found the end', line: 1, column: 9 },
    });
    expect(render("a/${}")).toBe('refused: expected an expression, found "}"');
    expect(render("a/@{x}")).toContain("InfluxDB");
  });
});
