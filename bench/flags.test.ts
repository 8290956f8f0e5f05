import { expect, test } from "bun:test";
import { readSettings } from "./flags.ts";

test("what is not said has a default, and more of them where everything is measured", () => {
  const settings = readSettings(["--rounds", "2", "--scenario", "ten"], ["scenario"], false);
  expect(settings).toMatchObject({ roundCount: 2, measureSeconds: 5, transports: ["tcp"] });
  expect(settings.scenarios.map(({ name }) => name)).toEqual(["ten"]);
  const all = readSettings(["--qos", "1"], ["qos", "level"], true);
  expect(all).toMatchObject({ transports: ["tcp", "websocket"], qualities: [1], levels: [4, 5] });
});

test("a flag may be given again where that means something", () => {
  const words = ["--level", "5", "--level", "4", "--only", "bare relay", "--only", "millrace"];
  const { levels, peers } = readSettings(words, ["level"], false);
  expect(levels).toEqual([5, 4]);
  expect(peers.map(({ name }) => name)).toEqual(["millrace", "bare relay"]);
});

test.each([
  [["--rounds", "0"], '--rounds takes a number from 1 to 100, not "0"'],
  [["--rounds", "1.5"], '--rounds takes a whole number, not "1.5"'],
  [["--rounds", "1", "--rounds", "2"], "--rounds is given twice"],
  [["--only", "nobody"], "--only takes millrace or"],
  [["--qos", "2"], '--qos takes 0 or 1, not "2"'],
  [["--disk", "/nowhere"], 'there is no folder "/nowhere"'],
  [["--scenario", "ten"], "--scenario"],
  [["more"], "more"],
])("%j is refused", (words, message) => {
  expect(() => readSettings(words, ["qos", "disk"], false)).toThrow(message);
});
