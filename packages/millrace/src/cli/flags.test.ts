import { expect, test } from "bun:test";
import { commands, commandsOf, findCommand } from "./catalog.ts";
import { readFlags, unknownVariable, variablesOf } from "./flags.ts";
import { helpText, overviewText } from "./texts.ts";

test("a command is found by its words, the rest is its own", () => {
  const names = (words: string[]) => {
    const found = findCommand(words);
    return found && [found.command.name, ...found.words];
  };
  expect(names(["start", "app.yaml"])).toEqual(["start", "app.yaml"]);
  expect(names(["rules", "test", "rules"])).toEqual(["rules test", "rules"]);
  expect(names(["rules", "tset"])).toBeUndefined();
  expect(commandsOf("rules").map(({ name }) => name)).toEqual(["rules test"]);
});

test("a MILLRACE_ variable that no command has is named", () => {
  expect(unknownVariable({ MILLRACE_PROT: "1", HOME: "/" }, commands)).toBe("MILLRACE_PROT");
  expect(unknownVariable({ MILLRACE_PORT: "1", MILLRACE_API_PORT: "2" }, commands)).toBe(undefined);
});

test.each(commands)("the help of $name names every flag, within 120 columns", (command) => {
  const text = helpText(command);
  for (const name of Object.keys(command.flags)) expect(text).toContain(`--${name}`);
  expect(Math.max(...text.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(120);
  expect(overviewText(commands)).toContain(command.summary);
});

test.each(commands)(
  "the help of $name names no variable that it does not read",
  ({ flags, ...command }) => {
    const named = helpText({ flags, ...command }).match(/\bMILLRACE_\w+/g) ?? [];
    expect(variablesOf(flags)).toEqual(expect.arrayContaining(named));
  },
);

test("a flag may be one letter, and one without a variable has none", () => {
  const flags = {
    follow: { type: "boolean", short: "f", default: "false", help: "" },
    rule: { type: "string", default: "", help: "" },
  } as const;
  const read = readFlags(flags, ["-f", "word"], { MILLRACE_RULE: "r" });
  if (!read.ok) throw new Error(read.problem);
  const { given } = read;
  expect([given.isOn("follow"), given.has("rule"), given.words]).toEqual([true, false, ["word"]]);
});
