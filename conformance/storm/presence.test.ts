import { expect, test } from "bun:test";
import { Presence } from "./presence.ts";

/** What a CONNACK with this flag is blamed for, after the connections before it. */
function blame(level: 4 | 5, story: readonly string[], present: boolean): string | undefined {
  const presence = new Presence(level);
  for (const event of story) {
    if (event === "promise") presence.promised();
    else if (event.endsWith("lost")) presence.connecting(event.startsWith("fresh"));
    else presence.connecting(event.startsWith("fresh"))(event.endsWith("present"));
  }
  return presence.connecting(false)(present);
}

test.each([
  ["the first time there is none", 4, [], false],
  ["what was promised is there", 4, ["absent", "promise"], true],
  ["and is there again", 4, ["absent", "promise", "present"], true],
  ["a clean session ends with its connection", 4, ["absent", "promise", "fresh absent"], false],
  ["also when something was acknowledged in it", 4, ["fresh absent", "promise"], false],
  ["a clean start of MQTT 5 begins another", 5, ["fresh absent", "promise"], true],
] as const)("%s", (_, level, story, present) => {
  expect(blame(level, story, present)).toBe(undefined);
  expect(blame(level, story, !present)).toContain("session present");
});

test.each([
  ["nothing was promised", 4, ["absent"]],
  ["an answer was lost", 4, ["lost"]],
  ["an answer to a clean start was lost", 5, ["absent", "promise", "fresh lost"]],
] as const)("either may be when %s", (_, level, story) => {
  for (const present of [true, false]) expect(blame(level, story, present)).toBe(undefined);
});
